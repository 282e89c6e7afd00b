import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { AuditVerifier } from "@clauderon/protocol/proxy";
import { describe, expect, it, onTestFinished } from "vitest";
import { exchange, openTls, openTunnel, readAll, readHead } from "../../kit/proxy/client.ts";
import { startProxyProcess } from "../../kit/proxy/proxyProcess.ts";
import { startUpstream, type UpstreamOptions } from "../../kit/proxy/upstream.ts";
import { ProxyWorld, type User } from "../../kit/proxy/world.ts";

const HOST = "api.example.com";
const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;

async function startWorld(options: Partial<UpstreamOptions> = {}, args: readonly string[] = []) {
  const world = await ProxyWorld.create();
  const upstream = await startUpstream({ authority: world.authority, name: HOST, ...options });
  onTestFinished(async () => {
    await world.stop();
    await upstream.stop();
  });
  const user = world.grant("web", { allow: [{ host: HOST }], tcp: [] });
  await world.start({ [HOST]: upstream.port }, args);
  return { world, upstream, user };
}

const status = async (world: ProxyWorld, user: User): Promise<number> => {
  const { socket, answer } = await openTunnel(world, `${HOST}:443`, user);
  socket.destroy();
  return answer.status;
};

describe("the state folder", () => {
  it("has a key that only its user can read, the same after a restart, and certificates for clients", async () => {
    const { world } = await startWorld();
    const modes = readdirSync(world.state).map((name) => [name, statSync(join(world.state, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toMatchObject({
      "authority.pem": 0o600,
      "audit.jsonl": 0o600,
      socket: 0o700,
      grants: 0o700,
      credentials: 0o700,
    });
    expect(statSync(join(world.state, "socket/proxy.sock")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(world.state, "socket"))).toEqual(["proxy.sock"]);
    const authority = world.ca;
    expect(readFileSync(join(world.state, "ca-bundle.crt"), "utf8")).toContain(authority.trim());
    world.proxy.signal("SIGTERM");
    expect(await world.proxy.ended).toBe(0);
    await world.restart();
    expect(world.ca).toBe(authority);
  });

  it("belongs to one proxy at a time", async () => {
    const { world } = await startWorld();
    await expect(startProxyProcess(world.state)).rejects.toThrow("Another proxy listens on");
    world.proxy.signal("SIGKILL");
    await world.proxy.ended;
    await world.restart();
  });

  it.each(["authority.pem", "grants"])("is refused when others can read its %s", async (name) => {
    const { world } = await startWorld();
    world.proxy.signal("SIGTERM");
    await world.proxy.ended;
    chmodSync(join(world.state, name), 0o755);
    await expect(world.restart()).rejects.toThrow(`Cannot use ${join(world.state, name)}`);
  });
});

describe("grants while the proxy runs", () => {
  it("a new one works, one that is removed or open to others stops at once, and others go on", async () => {
    const { world, user } = await startWorld();
    const late = world.grant("late", { allow: [{ host: HOST }] });
    await expect.poll(() => status(world, late)).toBe(200);
    chmodSync(join(world.state, "grants/late.json"), 0o644);
    await expect.poll(() => status(world, late)).toBe(407);
    expect(world.proxy.output()).toContain("its mode is 0644");
    chmodSync(join(world.state, "grants/late.json"), 0o600);
    await expect.poll(() => status(world, late)).toBe(200);
    world.write("grants/late.json", "{");
    await expect.poll(() => status(world, late)).toBe(407);
    rmSync(join(world.state, "grants/late.json"));
    expect(await status(world, late)).toBe(407);
    expect(await status(world, user)).toBe(200);
  });

  it("one whose digest the proxy confirms is in effect with its credentials, at once", async () => {
    const { world } = await startWorld();
    const confirm = async () => {
      const digest = createHash("sha256")
        .update(readFileSync(join(world.state, "grants/late.json")))
        .digest("hex");
      return (await fetch(`http://127.0.0.1:${world.proxy.port}/grants/${digest}`)).status;
    };
    for (const allow of [[], [{ host: HOST }], []]) {
      const late = world.grant("late", { allow });
      expect(await confirm()).toBe(200);
      expect(await status(world, late)).toBe(allow.length > 0 ? 200 : 403);
    }
    world.write("grants/late.json", "{}");
    expect(await confirm()).toBe(404);
  });

  it("a tunnel that is open loses what the grant no longer allows", async () => {
    const { world, user } = await startWorld();
    const tls = await openTls(world, HOST, user);
    tls.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect(await readHead(tls)).toMatchObject({ status: 200 });
    world.grant(user.principal, { allow: [] }, user.token);
    await expect.poll(() => status(world, user)).toBe(403);
    expect((await exchange(tls, GET)).text).toContain("403 HostNotListed");
  });

  it("a request and a WebSocket are broken off when their grant is gone", async () => {
    const { world, user } = await startWorld({
      onRequest: (_request, response) => void response.write("begin"),
      onUpgrade: (_request, socket) =>
        void socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    });
    const [request, socket] = await Promise.all([openTls(world, HOST, user), openTls(world, HOST, user)]);
    request.write(GET);
    socket.write(GET.replace("Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"));
    expect(await readHead(request)).toMatchObject({ status: 200 });
    expect(await readHead(socket)).toMatchObject({ status: 101 });
    rmSync(join(world.state, `grants/${user.principal}.json`));
    await Promise.all([readAll(request), readAll(socket)]);
  });

  it("a client that leaves before the server answers its upgrade holds no place", async () => {
    const { world, upstream, user } = await startWorld({ onUpgrade: () => undefined });
    const socket = await openTls(world, HOST, user);
    socket.write(GET.replace("Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"));
    await expect.poll(() => upstream.received.length).toBe(1);
    socket.end();
    await expect.poll(() => world.audit().at(-1)).toMatchObject({ method: "GET", reason: "ClientClosed" });
  });

  it("a relayed connection passes both ways, and ends when its tcp rule does", async () => {
    const { world } = await startWorld();
    const clients: Socket[] = [];
    const database = createServer({ allowHalfOpen: true }, (socket) => {
      clients.push(socket);
      socket.pipe(socket);
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void database.close());
    await once(database, "listening");
    const authority = `localhost:${(database.address() as AddressInfo).port}`;
    const relayed = world.grant("relayed", { tcp: [authority] });
    await expect.poll(async () => (await openTunnel(world, authority, relayed)).answer.status).toBe(200);
    const { socket } = await openTunnel(world, authority, relayed);
    socket.end("through and through");
    expect(await readAll(socket)).toBe("through and through");
    const { socket: cut } = await openTunnel(world, authority, relayed);
    world.grant("relayed", { tcp: [] }, relayed.token);
    await readAll(cut);
    expect(world.audit()).toContainEqual(
      expect.objectContaining({ rule: `tcp:${authority}`, status: 200, sent: 19, received: 19 }),
    );
  });

  it("uses a credential that is written again from then on, and refuses the request when it is gone", async () => {
    const { world, upstream } = await startWorld();
    const rule = {
      name: "KEY",
      service: "generic",
      hosts: [HOST],
      headers: [{ name: "x-key", form: "Plain" }],
    } as const;
    const user = world.grant("keyed", { allow: [{ host: HOST }], credentials: ["KEY"] });
    const placeholder = world.credential(rule, "first-secret-0123456789")("keyed");
    const send = async () =>
      exchange(await openTls(world, HOST, user), GET.replace("\r\n\r\n", `\r\nX-Key: ${placeholder}\r\n\r\n`));
    await expect.poll(() => status(world, user)).toBe(200);
    await expect.poll(async () => (await send()).status).toBe(200);
    world.credential(rule, "second-secret-0123456789");
    await expect
      .poll(async () => (await send(), upstream.received.at(-1)?.headers["x-key"]))
      .toBe("second-secret-0123456789");
    rmSync(join(world.state, "credentials/KEY.json"));
    await expect.poll(async () => (await send()).status).toBe(403);
  });
});

describe("SIGTERM", () => {
  it("lets an open request end, refuses new connections, and exits with 0", async () => {
    const responses: ServerResponse[] = [];
    const { world, user } = await startWorld({
      onRequest: (_request, response) => {
        response.write("begin ");
        responses.push(response);
      },
    });
    const tls = await openTls(world, HOST, user);
    tls.write(GET);
    expect(await readHead(tls)).toMatchObject({ status: 200 });
    world.proxy.signal("SIGTERM");
    await expect
      .poll(() =>
        openTunnel(world, `${HOST}:443`, user).then(
          () => "open",
          () => "refused",
        ),
      )
      .toBe("refused");
    for (const response of responses) response.end("end");
    expect(await readAll(tls)).toContain("end");
    expect(await world.proxy.ended).toBe(0);
  });

  it("cuts what has not ended in time", async () => {
    const { world, user } = await startWorld({ onRequest: (_request, response) => void response.write("for ever") }, [
      "--drain-seconds=1",
    ]);
    const tls = await openTls(world, HOST, user);
    tls.write(GET);
    expect(await readHead(tls)).toMatchObject({ status: 200 });
    world.proxy.signal("SIGTERM");
    expect(await world.proxy.ended).toBe(0);
    expect(world.audit().at(-1)).toMatchObject({ status: 200, reason: "ClientClosed" });
  });
});

/** The files of the audit log, oldest first. */
function auditFiles({ state }: ProxyWorld): readonly string[] {
  const rotated = readdirSync(state).filter((name) => name.startsWith("audit.jsonl."));
  return [...rotated.toSorted(), "audit.jsonl"].map((name) => join(state, name));
}

function auditLines(world: ProxyWorld): readonly string[] {
  const lines = auditFiles(world).flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return lines.filter((line) => line !== "");
}

describe("the audit log", () => {
  it("is one chain across files, restarts and a kill", async () => {
    const { world, user } = await startWorld({}, ["--audit-bytes=600"]);
    for (let count = 0; count < 3; count++) await exchange(await openTls(world, HOST, user), GET);
    // Each request has a line, and so has its tunnel.
    await expect.poll(() => auditLines(world)).toHaveLength(6);
    world.proxy.signal("SIGKILL");
    await world.proxy.ended;
    await world.restart();
    await exchange(await openTls(world, HOST, user), GET);
    await expect.poll(() => auditLines(world)).toHaveLength(8);
    expect(auditFiles(world).length).toBeGreaterThan(2);
    const verifier = new AuditVerifier();
    for (const line of auditLines(world)) verifier.add(line);
    expect(verifier.broken).toBeUndefined();
  });
});
