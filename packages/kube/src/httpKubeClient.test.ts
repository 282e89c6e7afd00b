import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Fault } from "@clauderon/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./apiError.ts";
import { HttpKubeClient } from "./httpKubeClient.ts";
import { loadKubeConfig } from "./loadKubeConfig.ts";
import { CONFIG_MAPS } from "./resource.ts";
import type { TransportOptions } from "./transport.ts";

/** A gateway that misbehaves on purpose, where the real API server cannot be made to. G7: plain http is served too. */
let server: Server;
let folder: string;
let client: HttpKubeClient;
let seen: IncomingMessage[];
let answers: ((response: ServerResponse, request: IncomingMessage) => void)[];

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer((request, response) => {
    seen.push(request);
    (answers.shift() ?? ((last) => json(last, 200, { metadata: { name: "found" } })))(response, request);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  folder = mkdtempSync(join(tmpdir(), "clauderon-client-"));
  writeFileSync(join(folder, "token"), "first");
  client = connect();
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function connect(options: Partial<TransportOptions> = {}, cluster: object = {}): HttpKubeClient {
  const { port } = server.address() as AddressInfo;
  const content = {
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, ...cluster } }],
    users: [{ name: "u", user: { tokenFile: "token" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(content));
  return new HttpKubeClient(loadKubeConfig({ kubeconfig: join(folder, "kubeconfig") }), options);
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const refuse =
  (status: number, headers: Record<string, string> = {}, details?: object) =>
  (response: ServerResponse) =>
    json(response, status, { kind: "Status", code: status, reason: "Refused", message: "not now", details }, headers);

const cut = (response: ServerResponse) => void response.destroy();

const half = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": "100" }).write('{"metadata":');
  setImmediate(() => response.destroy());
};

const get = () => client.get(CONFIG_MAPS, { namespace: "default", name: "found" });

const create = () =>
  client.create(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "default", name: "new" } });

describe("HttpKubeClient", () => {
  it("waits as long as the server asks, in the header or the details, and then sends the request again", async () => {
    answers = [refuse(429, { "retry-after": "0" }), refuse(503, {}, { retryAfterSeconds: 0 })];
    await expect(create()).resolves.toMatchObject({ metadata: { name: "found" } });
    expect(seen).toHaveLength(3);
  });

  it("gives up after repeated requests to wait", async () => {
    answers = Array.from({ length: 20 }, () => refuse(429, { "retry-after": "0" }));
    await expect(get()).rejects.toMatchObject({ status: 429, retryAfterMs: 0 });
    expect(seen).toHaveLength(5);
  });

  it("returns a pause that is too long, and a refusal without a pause, to the caller", async () => {
    answers = [refuse(503, { "retry-after": "11" }), refuse(503), refuse(500, { "retry-after": "0" })];
    await expect(get()).rejects.toMatchObject({ status: 503, retryAfterMs: 11_000, message: "not now" });
    await expect(get()).rejects.toBeInstanceOf(ApiError);
    await expect(get()).rejects.toMatchObject({ status: 500 });
    expect(seen).toHaveLength(3);
  });

  it("ends a pause when the client is closed", async () => {
    answers = [refuse(429, { "retry-after": "10" })];
    const refused = get().catch((error: unknown) => error);
    await expect.poll(() => seen.length).toBe(1);
    await client.close();
    expect(await refused).toBeInstanceOf(Fault);
  });

  it("reads the token again after 401 and tries once more, if it changed", async () => {
    answers = [
      (response) => {
        writeFileSync(join(folder, "token"), "second");
        refuse(401)(response);
      },
    ];
    await create();
    expect(seen.map((request) => request.headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
    answers = [refuse(401)];
    await expect(create()).rejects.toMatchObject({ status: 401 });
    expect(seen).toHaveLength(3);
  });

  it("repeats a GET when its connection broke, but no request that may already have taken effect", async () => {
    answers = [cut];
    await expect(get()).resolves.toBeDefined();
    expect(seen.map((request) => request.method)).toEqual(["GET", "GET"]);
    answers = [cut];
    await expect(create()).rejects.toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
    expect(seen.map((request) => request.method)).toEqual(["GET", "GET", "POST"]);
  });

  it("treats an incomplete answer as a lost connection", async () => {
    answers = [half, half];
    await expect(get()).rejects.toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
  });

  it("reports an answer that does not begin in time", async () => {
    client = connect({ headersTimeoutMs: 50 });
    answers = [() => {}];
    await expect(get()).rejects.toMatchObject({
      code: "CLUSTER_UNAVAILABLE",
      message: expect.stringContaining("no answer"),
    });
  });

  it("names the unreachable server, with a hint and without secrets", async () => {
    const { port } = server.address() as AddressInfo;
    client = connect({}, { server: `http://me:hunter2@127.0.0.1:${port}/base` });
    server.close();
    const fault = await get().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      code: "CLUSTER_UNAVAILABLE",
      message: `Cannot reach the API server http://127.0.0.1:${port}: the connection was refused`,
      hint: expect.stringContaining("running"),
    });
    expect(inspect(fault, { depth: 9 })).not.toMatch(/hunter2|Bearer/);
  });

  it("distinguishes a web page from an API server's answer", async () => {
    answers = [(response) => void response.writeHead(200).end("<html>Please log in</html>")];
    await expect(get()).rejects.toMatchObject({
      code: "CLUSTER_REFUSED",
      message: expect.stringContaining("is not JSON"),
    });
  });

  it("prefixes every request's path with the server's path", async () => {
    client = connect({}, { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/k8s/clusters/c1/` });
    await get();
    expect(seen.map((request) => request.url)).toEqual(["/k8s/clusters/c1/api/v1/namespaces/default/configmaps/found"]);
  });

  it("ends a request on its signal", async () => {
    answers = [() => {}];
    const aborter = new AbortController();
    const ended = client.request("GET", "/version", { signal: aborter.signal }).catch((error: unknown) => error);
    await expect.poll(() => seen.length).toBe(1);
    aborter.abort();
    expect(await ended).toMatchObject({ name: "AbortError" });
  });

  it("yields no event after the signal aborted, not even one that has arrived", async () => {
    const event = JSON.stringify({ type: "ADDED", object: { metadata: { name: "burst" } } });
    answers = [(response) => void response.writeHead(200).write(`${event}\n${event}\n`)];
    const aborter = new AbortController();
    const options = { resourceVersion: "1", timeoutSeconds: 600, signal: aborter.signal };
    const seen: string[] = [];
    for await (const { object } of client.watch(CONFIG_MAPS, options)) {
      seen.push(object.metadata.name);
      aborter.abort();
    }
    expect(seen).toEqual(["burst"]);
  });

  it("uses the kubeconfig's proxy, with its password", async () => {
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      tunnels.push(request.headers["proxy-authorization"]);
      const [host, port] = (request.url ?? "").split(":");
      const upstream = dial(Number(port), host);
      upstream.on("connect", () => socket.write("HTTP/1.1 200 OK\r\n\r\n") && socket.pipe(upstream).pipe(socket));
      socket.on("error", () => upstream.destroy());
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    client = connect({}, { "proxy-url": `http://me:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}` });
    for (let round = 0; round < 10; round++) await get();
    expect(seen).toHaveLength(10);
    expect(tunnels.length).toBeLessThan(3);
    expect(tunnels.slice(0, 1)).toEqual([`Basic ${Buffer.from("me:pass").toString("base64")}`]);
    await client.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
