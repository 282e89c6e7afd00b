import type { EgressReport } from "@clauderon/protocol";
import type { ProxyAttempt } from "./attempt.ts";

const ATTACKER = "attacker.example.com";

/** What the attempts need of a session. */
export interface Facts {
  /** A host that it may reach, on port 443 and with every method. */
  readonly listed: string;
  /** Another one, whose credential is another; undefined for none. */
  readonly other: string | undefined;
  /** The placeholder of one of its credentials, as the agent's variable has it; undefined for none. */
  readonly placeholder: string | undefined;
}

/** The requests that the proxy must refuse to a session with these facts. In mode Record, hosts that are not listed pass. */
export function proxyAttempts(
  { mode }: Pick<EgressReport, "mode">,
  { listed, other, placeholder }: Facts,
): readonly ProxyAttempt[] {
  const inside = { connect: `${listed}:443`, serverName: listed };
  const bearer = `authorization: Bearer ${placeholder}`;
  return [
    ...(mode === "Record" ? [] : UNLISTED),
    ...ADDRESSES,
    {
      what: "plain HTTP to a listed host",
      reason: "PortNotListed",
      request: [`GET http://${listed}/ HTTP/1.1`, `Host: ${listed}`],
    },
    {
      what: "plain HTTP to the port of HTTPS",
      reason: "PlainHttp",
      request: [`GET http://${listed}:443/ HTTP/1.1`, `Host: ${listed}:443`],
    },
    { what: "another port of a listed host, such as SSH", reason: "PortNotListed", connect: `${listed}:22` },
    {
      what: "another Host in a tunnel",
      reason: "AuthorityMismatch",
      ...inside,
      request: ["GET / HTTP/1.1", `Host: ${ATTACKER}`],
    },
    {
      what: "another TLS server name",
      reason: "AuthorityMismatch",
      connect: `${listed}:443`,
      serverName: ATTACKER,
      request: ["GET / HTTP/1.1", `Host: ${ATTACKER}`],
    },
    {
      what: "CONNECT inside a tunnel",
      reason: "MethodRefused",
      ...inside,
      request: [`CONNECT ${ATTACKER}:443 HTTP/1.1`, `Host: ${listed}`],
    },
    {
      what: "a body in two readings, by Content-Length and Transfer-Encoding",
      reason: "MalformedRequest",
      ...inside,
      request: ["POST / HTTP/1.1", `Host: ${listed}`, "Content-Length: 4", "Transfer-Encoding: chunked"],
    },
    {
      what: "a header with a bare line feed",
      reason: "MalformedRequest",
      ...inside,
      request: ["GET / HTTP/1.1", `Host: ${listed}`, "x-note: a\nx-api-key: b"],
    },
    {
      what: "two Hosts",
      reason: "MalformedHeaders",
      ...inside,
      request: ["GET / HTTP/1.1", `Host: ${listed}`, `Host: ${ATTACKER}`],
    },
    {
      what: "headers of more than 64 KiB",
      reason: "HeadersTooLarge",
      ...inside,
      request: ["GET / HTTP/1.1", `Host: ${listed}`, `x-note: ${"a".repeat(70_000)}`],
    },
    {
      what: "a user name before the host",
      reason: "MalformedAuthority",
      connect: `${listed}@${ATTACKER}:443`,
    },
    ...(placeholder === undefined
      ? []
      : [
          {
            what: "its placeholder in a URL",
            reason: "PlaceholderMisplaced",
            ...inside,
            request: [`GET /?q=${placeholder} HTTP/1.1`, `Host: ${listed}`],
          },
          {
            what: "its placeholder in another header",
            reason: "PlaceholderMisplaced",
            ...inside,
            request: ["GET / HTTP/1.1", `Host: ${listed}`, `x-note: ${placeholder}`],
          },
        ]),
    ...(placeholder === undefined || other === undefined
      ? []
      : [
          {
            what: "its placeholder on another host",
            reason: "PlaceholderMisplaced",
            connect: `${other}:443`,
            serverName: other,
            request: ["GET / HTTP/1.1", `Host: ${other}`, bearer],
          },
        ]),
    { what: "no password of a session", reason: "CredentialsMissing", as: "Nobody", connect: `${listed}:443` },
    { what: "the name of another session", reason: "CredentialsInvalid", as: "Another", connect: `${listed}:443` },
  ];
}

const UNLISTED: readonly ProxyAttempt[] = [
  { what: "a host that is not listed", reason: "HostNotListed", connect: `${ATTACKER}:443` },
  { what: "DNS over HTTPS", reason: "HostNotListed", connect: "dns.google:443" },
];

const ADDRESSES: readonly ProxyAttempt[] = [
  { what: "an address", reason: "IpLiteral", connect: "1.1.1.1:443" },
  { what: "this machine", reason: "IpLiteral", connect: "127.0.0.1:22" },
  { what: "this machine by IPv6", reason: "IpLiteral", connect: "[::1]:22" },
  {
    what: "the metadata of a cloud",
    reason: "IpLiteral",
    request: ["GET http://169.254.169.254/latest/meta-data/ HTTP/1.1", "Host: 169.254.169.254"],
  },
];
