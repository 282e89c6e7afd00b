import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, readlinkSync } from "node:fs";
import { createServer, type AddressInfo, type ListenOptions } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import type { DaemonWorld } from "./daemonProcess.ts";
import { begin, ENFORCE, startWorld } from "./egressWorld.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

beforeAll(installBubblewrap);

/** What an agent may try: a name, and a shell command that succeeds when the agent gets there. */
type Attempt = readonly [string, string];

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
async function waysAround(): Promise<readonly Attempt[]> {
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
    ["a port of the loopback", `${CONNECT} '{host:"127.0.0.1",port:${port}}'`],
    ...own.map(({ address }): Attempt => [`the address ${address}`, `${CONNECT} '{host:"${address}",port:${port}}'`]),
    ...(ipv6 === undefined ? [] : [["IPv6", `${CONNECT} '{host:"::1",port:${ipv6}}'`] as const]),
    ["UDP, as DNS and QUIC use", `${UDP} ${udp}`],
    ["a socket with an abstract name", `${CONNECT} '{path:"\\0${abstract}"}'`],
    ["the namespace of the network", `test "$(readlink /proc/self/ns/net)" = "${readlinkSync("/proc/self/ns/net")}"`],
  ];
}

/** The names of the attempts that succeed. */
async function reached(
  run: (script: string) => Promise<string>,
  tried: readonly Attempt[],
): Promise<readonly string[]> {
  const said = await run(
    tried.map(([what, command]) => `(${command}) >/dev/null 2>&1 && echo "got: ${what}"`).join("\n"),
  );
  return [...said.matchAll(/^got: (.*)$/gm)].map(([, what = ""]) => what);
}

/** Ways through the proxy: a name, what curl is asked for, and the reason in the audit log. */
const WAYS_THROUGH = [
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
  ["no password of a session", "-x http://127.0.0.1:3030 https://github.com/", "CredentialsMissing"],
  ["the name of another session", "-x http://web:guess@127.0.0.1:3030 https://github.com/", "CredentialsInvalid"],
] as const;

const refusedIn = (world: DaemonWorld): readonly AuditRecord[] =>
  readFileSync(join(world.home, "proxy/audit.jsonl"), "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => auditRecordSchema.safeParse(parseJsonObject(line)).data ?? [])
    .filter(({ reason }) => reason !== undefined);

it("an agent within a boundary reaches nothing past the proxy, and by the proxy nothing that it may not; all of that is audited", async () => {
  const { world, internet } = await startWorld();
  const around = await waysAround();
  const free = await begin(world, "free", { egress: undefined });
  expect(await reached(free, around)).toEqual(around.map(([what]) => what));
  const bound = await begin(world, "bound", {
    egress: { ...ENFORCE, allow: ["api.anthropic.com"], credentials: ["GH_TOKEN"] },
  });
  expect(await reached(bound, around)).toEqual([]);
  const found: (readonly [string, string | undefined])[] = [];
  for (const [what, asked] of WAYS_THROUGH) {
    const before = refusedIn(world).length;
    await bound(`curl -sS -m 20 -o /dev/null ${asked}`);
    await expect.poll(() => refusedIn(world).length, { message: what }).toBeGreaterThan(before);
    found.push([what, refusedIn(world)[before]?.reason]);
  }
  expect(found).toEqual(WAYS_THROUGH.map(([what, , reason]) => [what, reason]));
  expect(internet.attacker.requests).toEqual([]);
});
