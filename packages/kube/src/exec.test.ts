import { getEventListeners, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { createAccess } from "./createAccess.ts";
import { exec, type ExecOptions } from "./exec.ts";

/** The far end of an exec as a script; the real one is tested on a cluster. */
let server: Server;
let sockets: WebSocketServer;
let requests: URL[];
let script: (socket: WebSocket) => void;
/** What the server speaks. */
let protocol: string;

beforeEach(async () => {
  requests = [];
  protocol = "v5.channel.k8s.io";
  server = createServer((_request, response) => {
    const status = { kind: "Status", code: 404, reason: "NotFound", message: 'pods "web" not found' };
    response.writeHead(404).end(JSON.stringify(status));
  });
  sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
    autoPong: false,
  });
  sockets.on("connection", (socket, request) => {
    requests.push(new URL(request.url ?? "", "http://x"));
    script(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(() => {
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  server.close();
});

function run(options: Partial<ExecOptions> = {}) {
  const { port } = server.address() as AddressInfo;
  const access = createAccess({ server: `http://127.0.0.1:${port}` }, { token: "t" }, undefined);
  return exec(access, { namespace: "default", pod: "web", command: ["true"], stdout: new PassThrough(), ...options });
}

const frame = (channel: number, content: string) => Buffer.concat([Buffer.of(channel), Buffer.from(content)]);

async function* sizes() {
  yield { columns: 80, rows: 24 };
  yield { columns: 132, rows: 50 };
}

const end = (socket: WebSocket, status: object = { status: "Success" }) =>
  socket.send(frame(3, JSON.stringify(status)));

const exited = (code: number) => ({
  status: "Failure",
  reason: "NonZeroExitCode",
  message: `command terminated with exit code ${code}`,
  details: { causes: [{ reason: "ExitCode", message: String(code) }] },
});

describe("exec", () => {
  it("works with a server before 1.30 too, where stdin has no end", async () => {
    protocol = "v4.channel.k8s.io";
    const received: string[] = [];
    const stdin = Readable.from(["one", "two"]);
    script = (socket) => {
      socket.on("message", (message: Buffer) => received.push(message.toString("latin1")));
      // What was sent when stdin ended has come before the answer to this.
      stdin.once("end", () => socket.ping());
      socket.on("pong", () => end(socket));
    };
    expect(await run({ stdin })).toEqual({ exitCode: 0 });
    expect(received).toEqual(["\0one", "\0two"]);
  });

  it("returns the exit code and both outputs", async () => {
    script = (socket) => {
      socket.send(frame(1, "out"));
      socket.send(frame(2, "err"));
      end(socket, exited(42));
    };
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const command = ["sh", "-c", "a b; & é"];
    expect(await run({ command, container: "agent", stdout, stderr })).toEqual({ exitCode: 42 });
    expect([stdout.read(), stderr.read()].map(String)).toEqual(["out", "err"]);
    expect(requests[0]?.pathname).toBe("/api/v1/namespaces/default/pods/web/exec");
    expect(requests[0]?.searchParams.getAll("command")).toEqual(command);
    expect(requests[0]?.searchParams.get("container")).toBe("agent");
  });

  it("reports why the command could not be run", async () => {
    script = (socket) =>
      end(socket, { status: "Failure", reason: "InternalError", code: 500, message: "no such file" });
    expect(await run()).toMatchObject({ error: { status: 500, reason: "InternalError", message: "no such file" } });
  });

  it("splits a large chunk of stdin into messages that every server accepts", async () => {
    const received: Buffer[] = [];
    script = (socket) =>
      socket.on("message", (data: Buffer) => {
        received.push(data);
        if (data[0] === 255) end(socket);
      });
    const chunk = Buffer.alloc(200_000, "0123456789");
    expect(await run({ stdin: Readable.from([chunk]) })).toEqual({ exitCode: 0 });
    const pieces = received.slice(0, -1).map((message) => message.subarray(1));
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(131_072);
    expect(Buffer.concat(pieces).equals(chunk)).toBe(true);
  });

  it("passes stdin on and then its end, while the command still runs", async () => {
    const received: Buffer[] = [];
    script = (socket) =>
      socket.on("message", (data: Buffer) => {
        received.push(data);
        if (data[0] === 255) end(socket);
      });
    expect(await run({ stdin: Readable.from(["one ", "two"]) })).toEqual({ exitCode: 0 });
    expect(Buffer.concat(received).toString("latin1")).toBe("\u0000one \u0000two\u00ff\u0000");
  });

  it("passes on the terminal's size and its changes", async () => {
    const received: string[] = [];
    script = (socket) =>
      socket.on("message", (data: Buffer) => {
        received.push(data.toString());
        if (received.length === 2) end(socket);
      });
    await run({ tty: true, sizes: sizes() });
    expect(received).toEqual(['\u0004{"Width":80,"Height":24}', '\u0004{"Width":132,"Height":50}']);
  });

  it("slows the command down when the output is read slowly, instead of buffering it", async () => {
    const [chunk, count] = ["x".repeat(64 * 1024), 1024];
    let sent = 0;
    script = (socket) => {
      const more = () => {
        if (sent++ < count) socket.send(frame(1, chunk), more);
        else end(socket);
      };
      more();
    };
    const held: (() => void)[] = [];
    let written = 0;
    const stdout = new Writable({
      write(bytes: Buffer, _encoding, done) {
        written += bytes.length;
        if (held.length === 0) held.push(done);
        else done();
      },
    });
    const outcome = run({ stdout });
    await expect.poll(() => written).toBeGreaterThan(0);
    let before = -1;
    await expect.poll(() => [before, (before = sent)], { interval: 200 }).toSatisfy(([last, now]) => last === now);
    expect(sent).toBeLessThan(count / 2);
    expect(stdout.writableLength).toBeLessThan(4 * chunk.length);
    held[0]?.();
    expect(await outcome).toEqual({ exitCode: 0 });
    expect(written).toBe(count * chunk.length);
  });

  it("reads stdin no faster than the other side accepts it", async () => {
    const { promise: resumed, resolve: resume } = Promise.withResolvers<void>();
    script = (socket) => {
      socket.pause();
      void resumed.then(() => socket.resume());
      socket.on("message", (data: Buffer) => data[0] === 255 && end(socket));
    };
    let produced = 0;
    const stdin = new Readable({
      read() {
        this.push(produced++ < 1024 ? Buffer.alloc(64 * 1024) : null);
      },
    });
    const outcome = run({ stdin });
    let before = -1;
    await expect
      .poll(() => [before, (before = produced)], { interval: 200 })
      .toSatisfy(([last, now]) => last === now && now > 0);
    expect(produced).toBeLessThan(512);
    resume();
    expect(await outcome).toEqual({ exitCode: 0 });
  });

  it("throws on a refusal of the server, a lost connection, an abort and a closed output", async () => {
    script = (socket) => socket.terminate();
    await expect(run()).rejects.toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
    script = () => {};
    const aborter = new AbortController();
    const aborted = run({ signal: aborter.signal }).catch((error: unknown) => error);
    await expect.poll(() => requests.length).toBe(2);
    aborter.abort(new Error("enough"));
    expect(await aborted).toEqual(new Error("enough"));
    await expect(run({ signal: aborter.signal })).rejects.toThrow("enough");
    const stdout = new PassThrough();
    script = () => void stdout.destroy();
    await expect(run({ stdout })).rejects.toThrow("closed before the command ended");
    sockets.close();
    server.removeAllListeners("upgrade");
    await expect(run()).rejects.toMatchObject({ status: 404, reason: "NotFound", message: 'pods "web" not found' });
  });

  it("pings a silent connection, and closes it when the pings stay unanswered", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let [pings, answered] = [0, 0];
    script = (socket) => {
      socket.on("pong", () => (answered += 1));
      socket.on("ping", () => {
        pings += 1;
        if (pings > 2) return;
        socket.pong();
        socket.ping(); // Its answer tells that ours has arrived.
      });
    };
    const outcome = run().catch((error: unknown) => error);
    await expect.poll(() => vi.getTimerCount()).toBe(1);
    for (const expected of [
      [1, 1],
      [2, 2],
      [3, 2],
    ]) {
      vi.advanceTimersByTime(20_000);
      await expect.poll(() => [pings, answered]).toEqual(expected);
    }
    vi.advanceTimersByTime(20_000);
    expect(await outcome).toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no listener behind and neither ends nor destroys the caller's streams", async () => {
    script = (socket) => {
      socket.send(frame(1, "out"));
      end(socket);
    };
    const aborter = new AbortController();
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const names = () => [stdin, stdout].map((stream) => new Set(stream.eventNames()));
    const before = names();
    for (let round = 0; round < 12; round++) await run({ stdin, stdout, signal: aborter.signal });
    expect(names()).toEqual(before);
    expect(getEventListeners(aborter.signal, "abort")).toHaveLength(0);
    stdout.end();
    expect(await text(stdout)).toBe("out".repeat(12));
    expect([stdin.destroyed, stdin.readableEnded]).toEqual([false, false]);
  });
});
