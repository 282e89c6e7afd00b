import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect as dial, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { exec } from "./exec.ts";
import { createAccess } from "./createAccess.ts";
import { HttpKubeClient } from "./httpKubeClient.ts";
import { CONFIG_MAPS } from "./resource.ts";

/** Every test sends requests and an exec to the same server, by a name that only the proxy resolves. */
const SERVER = "http://api.cluster.test";
const open: { close(): void }[] = [];
let port: number;
/** One line for each connection that a proxy was asked for. */
let asked: string[];

beforeEach(async () => {
  asked = [];
  const server = createServer((_request, response) => {
    response.writeHead(200).end(JSON.stringify({ metadata: { name: "found" } }));
  });
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.send(Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify({ status: "Success" }))]));
  });
  port = await listen(server);
  open.push({ close: () => server.closeAllConnections() });
});

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  open.push(server);
  return (server.address() as AddressInfo).port;
}

function relay(socket: Socket, connected: () => void): void {
  const upstream = dial(port, "127.0.0.1", connected);
  socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.pipe(upstream).pipe(socket);
}

async function httpProxy(credentials: string | undefined): Promise<string> {
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  const proxy = createServer().on("connect", (request, socket) => {
    if (request.headers["proxy-authorization"] !== expected) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    asked.push(request.url ?? "");
    relay(socket as Socket, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
  });
  return `127.0.0.1:${await listen(proxy)}`;
}

/** RFC 1928 and 1929, as far as a CONNECT to a host name goes. */
async function socksProxy(credentials: string | undefined): Promise<string> {
  const proxy = createTcpServer((socket) => {
    answerSocks(
      socket.on("error", () => socket.destroy()),
      credentials,
    ).catch(() => socket.destroy());
  });
  return `127.0.0.1:${await listen(proxy)}`;
}

async function answerSocks(socket: Socket, credentials: string | undefined): Promise<void> {
  const next = async () => ((await once(socket, "data")) as [Buffer])[0];
  const methods = (await next()).subarray(2);
  const method = credentials === undefined ? 0 : 2;
  if (!methods.includes(method)) throw new Error("No method");
  socket.write(Buffer.of(5, method));
  if (credentials !== undefined) {
    const pair = await next();
    const user = pair.subarray(2, 2 + (pair[1] ?? 0)).toString();
    const isKnown = `${user}:${pair.subarray(3 + user.length).toString()}` === credentials;
    socket.write(Buffer.of(1, isKnown ? 0 : 1));
    if (!isKnown) return;
  }
  const request = await next();
  const end = 5 + (request[4] ?? 0);
  asked.push(`${request.subarray(5, end).toString()}:${request.readUInt16BE(end)}`);
  relay(socket, () => socket.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)));
}

const accessBy = (proxy: string) => createAccess({ server: SERVER, "proxy-url": proxy }, { token: "t" }, undefined);

const run = (proxy: string) =>
  exec(accessBy(proxy), { namespace: "default", pod: "web", command: ["true"], stdout: new PassThrough() });

async function get(proxy: string): Promise<string | undefined> {
  const client = new HttpKubeClient(accessBy(proxy));
  open.push({ close: () => void client.close() });
  return (await client.get(CONFIG_MAPS, { namespace: "default", name: "found" }))?.metadata.name;
}

it.each([
  ["http", "", undefined],
  ["http", "me:p%40ss@", "me:p@ss"],
  ["socks5", "", undefined],
  ["socks5", "me:p%40ss@", "me:p@ss"],
])("requests and exec go through a proxy of %s with %s, which resolves the name", async (scheme, user, credentials) => {
  const address = await (scheme === "http" ? httpProxy : socksProxy)(credentials);
  const proxy = `${scheme}://${user}${address}`;
  expect(await get(proxy)).toBe("found");
  expect(await run(proxy)).toEqual({ exitCode: 0 });
  expect(asked).toEqual(["api.cluster.test:80", "api.cluster.test:80"]);
});

it.each(["http", "socks5"])("a proxy of %s that refuses the credentials is a Fault without them", async (scheme) => {
  const address = await (scheme === "http" ? httpProxy : socksProxy)("me:right");
  const proxy = `${scheme}://me:hunter2@${address}`;
  for (const refused of [get(proxy), run(proxy)]) {
    await expect(refused).rejects.toMatchObject({
      code: "CLUSTER_UNAVAILABLE",
      message: expect.stringContaining(`${SERVER} through the proxy ${scheme}://${address}: `),
    });
    await expect(refused).rejects.not.toThrow("hunter2");
  }
  expect(asked).toEqual([]);
});
