/** Programs on the agent's own loopback, such as a server under test, are not behind the proxy. */
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

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
  /** Where the proxy listens, as the agent sees it, such as `127.0.0.1:3030`. */
  readonly address: string;
  /** The principal. */
  readonly user: string;
  /** The principal's password, or in a pod the variable that holds it, as `$(NAME)`. */
  readonly password: string;
  /** The path of a file with the roots of the machine and the proxy's authority. */
  readonly certificates: string;
  /** Hosts that programs ask without the proxy, beside those of the loopback. */
  readonly direct?: readonly string[];
}

/** Variables by which an agent and its tools use the proxy and trust its certificates. */
export function proxyVariables(access: ProxyAccess): Readonly<Record<string, string>> {
  const { address, user, password, certificates, direct = [] } = access;
  const url = `http://${user}:${password}@${address}`;
  return Object.fromEntries([
    ...["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => both(name, url)),
    ...both("NO_PROXY", [...LOOPBACK, ...direct].join(",")),
    ["NODE_USE_ENV_PROXY", "1"],
    ...CERTIFICATE_VARIABLES.map((name) => [name, certificates]),
  ]) as Readonly<Record<string, string>>;
}

/** Programs differ in which of the two they read. */
const both = (name: string, value: string) => [
  [name, value],
  [name.toLowerCase(), value],
];
