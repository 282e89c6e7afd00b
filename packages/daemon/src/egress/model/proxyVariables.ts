/** The port on the loopback of the agent's network, where its runner relays to the proxy. */
export const RELAY_PORT = 3030;

/** Programs on the agent's own loopback, such as a server under test, are not behind the proxy. */
const LOOPBACK = "localhost,127.0.0.1,::1";

/** Variables that name a file of certificates to trust, for the tools that each belongs to. */
const CERTIFICATE_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "GIT_SSL_CAINFO",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "PIP_CERT",
  "CARGO_HTTP_CAINFO",
  "AWS_CA_BUNDLE",
  "DENO_CERT",
  "npm_config_cafile",
] as const;

export interface ProxyAccess {
  readonly user: string;
  readonly password: string;
  /** The roots of this machine and the proxy's authority. */
  readonly certificates: string;
}

/** Variables by which an agent and its tools use the proxy and trust its certificates. */
export function proxyVariables({ user, password, certificates }: ProxyAccess): Readonly<Record<string, string>> {
  const url = `http://${user}:${password}@127.0.0.1:${RELAY_PORT}`;
  return Object.fromEntries([
    ...["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => both(name, url)),
    ...both("NO_PROXY", LOOPBACK),
    ["NODE_USE_ENV_PROXY", "1"],
    ...CERTIFICATE_VARIABLES.map((name) => [name, certificates]),
  ]) as Readonly<Record<string, string>>;
}

/** Programs differ in which of the two they read. */
const both = (name: string, value: string) => [
  [name, value],
  [name.toLowerCase(), value],
];
