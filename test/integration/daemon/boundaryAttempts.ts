import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { type AddressInfo, createServer, type ListenOptions } from "node:net";
import { networkInterfaces } from "node:os";
import { onTestFinished } from "vitest";

/** The names of the ways around the proxy. */
export const AROUND = {
  loopback: "a port of the loopback",
  own: "another address of this machine",
  ipv6: "IPv6",
  udp: "UDP, as DNS and QUIC use",
  abstract: "a socket with an abstract name",
  namespace: "the network namespace of this machine",
} as const;

/** What an agent may try: a name, and a shell command that succeeds when the agent gets there. */
export type Attempt = readonly [string, string];

async function listen(options: ListenOptions): Promise<number> {
  const server = createServer((socket) => socket.end("here")).listen(options);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo | string as AddressInfo).port;
}

async function listenUdp(): Promise<number> {
  const server = createSocket("udp4").bind(0, "127.0.0.1");
  await once(server, "listening");
  server.on("message", (_, { port, address }) => server.send("here", port, address));
  onTestFinished(() => void server.close());
  return server.address().port;
}

const CONNECT = `node -e 'require("net").connect(eval("("+process.argv[1]+")")).on("data",()=>process.exit(0)).on("error",()=>process.exit(1))'`;
const UDP = `node -e 'const s=require("dgram").createSocket("udp4");s.on("message",()=>process.exit(0)).on("error",()=>process.exit(1)).send("x",+process.argv[1],"127.0.0.1");setTimeout(()=>process.exit(1),5000)'`;

/** Ways around the proxy: all lead somewhere on this machine, and succeed in a network that is its own. */
export async function waysAround(): Promise<readonly Attempt[]> {
  const port = await listen({ port: 0, host: "0.0.0.0" });
  const abstract = `cld-boundary-${process.pid}`;
  await listen({ path: `\0${abstract}` });
  const udp = await listenUdp();
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  const ipv6 = hasIpv6 ? await listen({ port: 0, host: "::1" }) : undefined;
  return [
    [AROUND.loopback, `${CONNECT} '{host:"127.0.0.1",port:${port}}'`],
    ...own.map(
      ({ address }): Attempt => [`${AROUND.own}: ${address}`, `${CONNECT} '{host:"${address}",port:${port}}'`],
    ),
    ...(ipv6 === undefined ? [] : [[AROUND.ipv6, `${CONNECT} '{host:"::1",port:${ipv6}}'`] as const]),
    [AROUND.udp, `${UDP} ${udp}`],
    [AROUND.abstract, `${CONNECT} '{path:"\\0${abstract}"}'`],
    [AROUND.namespace, `test "$(readlink /proc/self/ns/net)" = "${readlinkSync("/proc/self/ns/net")}"`],
  ];
}

/** Ways through the proxy: a name, what curl is asked for, and the reason in the audit log. PROXY stands for its address. */
export const WAYS_THROUGH = [
  ["a host that is not listed", "https://attacker.example.com/", "HostNotListed"],
  ["DNS over HTTPS", "https://dns.google/dns-query", "HostNotListed"],
  ["an address", "--noproxy '' https://1.1.1.1/dns-query", "IpLiteral"],
  ["this machine", "--noproxy '' https://127.0.0.1:22/", "IpLiteral"],
  ["this machine by IPv6", "--noproxy '' https://[::1]:22/", "IpLiteral"],
  ["the metadata of a cloud", "http://169.254.169.254/latest/meta-data/", "IpLiteral"],
  ["plain HTTP to a listed host", "http://github.com/", "PortNotListed"],
  ["plain HTTP to the port of HTTPS", "http://github.com:443/", "PlainHttp"],
  ["another port of a listed host, such as SSH", "https://github.com:22/", "PortNotListed"],
  ["another Host in a tunnel", "-H 'Host: attacker.example.com' https://github.com/", "AuthorityMismatch"],
  ["another TLS server name", "-k --connect-to ::github.com:443 https://attacker.example.com/", "AuthorityMismatch"],
  ["CONNECT inside a tunnel", "--http1.1 -X CONNECT https://github.com/", "MethodRefused"],
  [
    "its placeholder on another host",
    '-H "authorization: Bearer $GH_TOKEN" https://api.anthropic.com/',
    "PlaceholderMisplaced",
  ],
  ["its placeholder in a URL", '"https://github.com/?q=$GH_TOKEN"', "PlaceholderMisplaced"],
  ["no password of a session", "-x http://PROXY https://github.com/", "CredentialsMissing"],
  ["the name of another session", "-x http://web:guess@PROXY https://github.com/", "CredentialsInvalid"],
] as const;
