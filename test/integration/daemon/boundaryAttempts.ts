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
