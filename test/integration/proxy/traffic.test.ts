import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peakMemoryMiB } from "../../kit/processes.ts";
import { exchange, openTls, readAll, readHead } from "../../kit/proxy/client.ts";
import type { Upstream } from "../../kit/proxy/upstream.ts";
import type { ProxyWorld, User } from "../../kit/proxy/world.ts";
import { HOST, LARGE, SECRET, sent, startTraffic, type Traffic } from "./trafficWorld.ts";

let traffic: Traffic;
let world: ProxyWorld;
let upstream: Upstream;
let user: User;
let placeholder: string;

beforeAll(async () => {
  traffic = await startTraffic();
  ({ world, upstream, user, placeholder } = traffic);
});

afterAll(() => traffic?.stop());

const get = async (path: string, headers = ""): Promise<string> => {
  const { text: response } = await exchange(
    await openTls(world, HOST, user),
    `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n${headers}\r\n`,
  );
  return response;
};

const expecting = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;

/** Collects what arrives from now on. */
function received(socket: Duplex): () => string {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString())).resume();
  return () => text;
}

describe("HTTP/1.1 through the proxy", () => {
  it("swaps the placeholder for the credential, once, and shows nobody the proxy's own", async () => {
    const before = upstream.received.length;
    const response = await get(
      "/headers",
      `X-Key: ${placeholder}\r\nProxy-Authorization: Basic eDp5\r\nX-Other: 1\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const [received, ...others] = upstream.received.slice(before);
    expect(others).toEqual([]);
    expect(received?.headers).toMatchObject({ host: HOST, "x-key": SECRET, "x-other": "1" });
    expect(Object.keys(received?.headers ?? {})).not.toContain("proxy-authorization");
  });

  it("shows stars where the server reflects the credential", async () => {
    const response = await get("/headers", `X-Key: ${placeholder}\r\n`);
    expect(response).toContain(`"x-key":"${"*".repeat(SECRET.length)}"`);
    expect(response).not.toContain(SECRET);
  });

  it.each([
    ["/empty", 204],
    ["/same", 304],
  ])("passes %s without a body", async (path, status) => {
    const response = await get(path);
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(response.endsWith("\r\n\r\n")).toBe(true);
  });

  it("passes HEAD without a body and with the length of the response to GET", async () => {
    const socket = await openTls(world, HOST, user);
    const { text: response } = await exchange(
      socket,
      `HEAD /large HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    );
    expect(response.toLowerCase()).toContain(`content-length: ${LARGE}\r\n`);
    expect(response.endsWith("\r\n\r\n")).toBe(true);
  });

  it("keeps headers that come twice apart", async () => {
    expect((await get("/cookies")).match(/^set-cookie: .*$/gim)).toEqual(["set-cookie: a=1", "set-cookie: b=2"]);
  });

  it("passes trailers both ways", async () => {
    expect(await get("/trailers")).toMatch(/\r\n0\r\nx-sum: 42\r\n\r\n$/i);
    const upload =
      "POST /count HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    const { text: response } = await exchange(
      await openTls(world, HOST, user),
      `${upload}3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n`,
    );
    expect(response).toContain('3 {"x-sum":"7"}');
  });

  it("passes no trailer in which a service could take a credential", async () => {
    const upload =
      "POST /count HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    const trailers = "X-Key: mine\r\nAuthorization: Bearer mine\r\nCookie: a=b\r\n";
    const { text: response } = await exchange(await openTls(world, HOST, user), `${upload}0\r\n${trailers}\r\n`);
    expect(response).toContain("0 {}");
  });

  it("asks for a body with 100 Continue only when the server does", async () => {
    const socket = await openTls(world, HOST, user);
    socket.write(expecting("/expect"));
    expect(await readHead(socket)).toMatchObject({ status: 100 });
    const { text: response } = await exchange(socket, "abc");
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*abc/);
    expect(await exchange(await openTls(world, HOST, user), expecting("/refuse-expect"))).toMatchObject({
      status: 417,
    });
  });

  it("passes early hints", async () => {
    expect(await get("/hints")).toMatch(/^HTTP\/1\.1 103 [\s\S]*style\.css[\s\S]*HTTP\/1\.1 200 [\s\S]*late/);
  });

  it("breaks off when the server does, so that nobody takes half a body for a whole one", async () => {
    for (const headers of ["", `X-Key: ${placeholder}\r\n`]) {
      const response = await get("/cut", headers);
      expect(response).toContain("content-length: 100");
      expect(response.endsWith("half")).toBe(true);
      await expect.poll(() => world.audit().at(-1)).toMatchObject({ status: 200, reason: "UpstreamFailed" });
    }
  });

  it("delivers each event of a stream before the next one is sent", async () => {
    const socket = await openTls(world, HOST, user);
    socket.write(`POST /events HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`);
    expect(await readHead(socket)).toMatchObject({ status: 200 });
    const events = received(socket);
    for (const event of ["one", "two", "six"]) {
      socket.write(`3\r\n${event}\r\n`);
      await expect.poll(events).toContain(`data: ${event}\n\n`);
    }
    socket.end("0\r\n\r\n");
  });

  it("passes a large upload whole", async () => {
    const socket = await openTls(world, HOST, user);
    socket.write(`POST /count HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${LARGE}\r\nConnection: close\r\n\r\n`);
    const response = readAll(socket);
    for (let left = LARGE; left > 0; left -= 65_536)
      if (!socket.write(Buffer.alloc(65_536))) await once(socket, "drain");
    expect(await response).toContain(`${LARGE} {}`);
  });

  it("holds no large download in memory while the client does not read", async () => {
    const before = peakMemoryMiB(world.proxy.pid);
    const socket = await openTls(world, HOST, user);
    socket.pause();
    socket.write(`GET /large HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    let last = 0;
    await expect.poll(() => sent.large > 0 && last === (last = sent.large)).toBe(true);
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length)).resume();
    await once(socket, "close");
    expect(bytes).toBeGreaterThan(LARGE);
    expect(peakMemoryMiB(world.proxy.pid) - before).toBeLessThan(LARGE / 2 ** 20 / 2);
  });

  it("upgrades to WebSocket and relays both ways, with the credential", async () => {
    const socket = await openTls(world, HOST, user);
    socket.write(
      `GET /socket HTTP/1.1\r\nHost: ${HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Key: ${placeholder}\r\n\r\nearly`,
    );
    expect(await readHead(socket)).toMatchObject({ status: 101 });
    expect(upstream.received.at(-1)?.headers).toMatchObject({ "x-key": SECRET, upgrade: "websocket" });
    socket.end(" and last words");
    expect(await readAll(socket)).toBe("early and last words");
  });
});
