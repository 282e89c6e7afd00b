import { readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Answer, DaemonWorld, POLL } from "./daemonProcess.ts";

/** A port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function call(port: number, { method = "GET", path = "/api/sessions", headers = {} }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, agent: false, headers });
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text === "" ? "{}" : text) as unknown }),
      );
    });
    asked.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: undefined });
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function withPort() {
  const port = await freePort();
  const world = await new DaemonWorld().start("--http-port", String(port));
  const token = readFileSync(join(world.home, "daemon.token"), "utf8").trim();
  const ask = (options: Call) => call(port, options);
  return { port, world, token, ask, authorized: { authorization: `Bearer ${token}` } };
}

describe("the loopback port", () => {
  it("answers clients with the token, which only the user can read and which survives a restart", async () => {
    const { world, token, ask, authorized, port } = await withPort();
    expect(await ask({ headers: authorized })).toEqual({ status: 200, body: { items: [] } });
    expect(statSync(join(world.home, "daemon.token")).mode & 0o777).toBe(0o600);
    await world.end("SIGTERM");
    await world.start("--http-port", String(port));
    expect(readFileSync(join(world.home, "daemon.token"), "utf8").trim()).toBe(token);
  });

  it("refuses requests without the token, from foreign pages, and by names that are not this machine's", async () => {
    const { ask, authorized, port } = await withPort();
    const denied = { status: 403, body: { error: expect.objectContaining({ code: "ACCESS_DENIED" }) as unknown } };
    const refused: readonly Readonly<Record<string, string>>[] = [
      {},
      { authorization: "Bearer wrong" },
      { authorization: "Bearer" },
      { ...authorized, origin: "https://evil.example" },
      { ...authorized, origin: "null" },
      { ...authorized, origin: `http://127.0.0.1:${port + 1}` },
      { ...authorized, host: `evil.example:${port}` },
      { ...authorized, host: "127.0.0.1" },
    ];
    for (const headers of refused) expect(await ask({ headers }), JSON.stringify(headers)).toEqual(denied);
    expect(await ask({ method: "OPTIONS", headers: { origin: "https://evil.example" } })).toEqual(denied);
    const upgrade = { connection: "Upgrade", upgrade: "clauderon-frames/1" };
    expect(await ask({ path: "/api/sessions/any/stream", headers: upgrade })).toEqual(denied);
    expect(await ask({ headers: { ...authorized, origin: `http://localhost:${port}` } })).toMatchObject({
      status: 200,
    });
    expect(await ask({ path: "/health" })).toMatchObject({ status: 200 });
  });

  it("listens on this machine only, and only on request", async () => {
    const { port } = await withPort();
    const listening = readFileSync("/proc/net/tcp", "utf8").split("\n");
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    expect(
      listening.filter((line) => line.includes(`:${hex} 00000000:0000 0A`)).map((line) => line.trim().split(/\s+/)[1]),
    ).toEqual([`0100007F:${hex}`]);
    const quiet = await new DaemonWorld().start();
    expect(() => statSync(join(quiet.home, "daemon.token"))).toThrow("ENOENT");
  });

  it("refuses to start on a port in use, and names the port", async () => {
    const { port } = await withPort();
    const second = new DaemonWorld();
    const child = second.spawn("--http-port", String(port));
    await once(child, "exit");
    expect([child.exitCode, second.output]).toEqual([
      2,
      expect.stringContaining(`error[CONFIG_INVALID]: Cannot listen on 127.0.0.1:${port}`),
    ]);
  });
});

describe("the API", () => {
  it("reports every mistake in one form", async () => {
    const world = await new DaemonWorld().start();
    const codes = async (method: string, path: string, body?: unknown) => {
      const answer = await world.ask(method, path, body);
      return [answer.status, (answer.body as { error: { code: string } }).error.code];
    };
    expect(await codes("GET", "/api/nothing")).toEqual([404, "USAGE"]);
    expect(await codes("GET", "/api/sessions/absent")).toEqual([404, "SESSION_NOT_FOUND"]);
    expect(await codes("DELETE", "/api/sessions/absent")).toEqual([404, "SESSION_NOT_FOUND"]);
    expect(await codes("GET", "/api/sessions/..%2f..%2fetc")).toEqual([422, "SPEC_INVALID"]);
    expect(await codes("POST", "/api/sessions", { repository: world.repository, colour: "red" })).toEqual([
      422,
      "SPEC_INVALID",
    ]);
    expect(await codes("POST", "/api/sessions", { repository: "relative" })).toEqual([422, "SPEC_INVALID"]);
    expect(await codes("POST", "/api/sessions")).toEqual([422, "SPEC_INVALID"]);
    await expect(world.upgrade("/api/sessions/absent/stream")).rejects.toThrow("SESSION_NOT_FOUND");
    await expect(world.upgrade("/api/elsewhere")).rejects.toThrow("USAGE");
  });

  it("accepts a prompt of 4 MiB and no more, and refuses huge bodies without buffering them", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "long", prompt: "\u0001".repeat(4 * 1_048_576) });
    const tooLong = { repository: world.repository, agent: "scripted", prompt: "x".repeat(4 * 1_048_576 + 1) };
    expect(await world.ask("POST", "/api/sessions", tooLong)).toMatchObject({ status: 422 });
    const socket = connect(world.socket);
    socket.on("error", () => undefined);
    socket.write(
      "POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000000000\r\n\r\n",
    );
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    await expect.poll(() => answer, POLL).toContain("413");
    socket.destroy();
    expect(await world.ask("GET", "/health")).toMatchObject({ status: 200 });
  });

  it("describes itself by OpenAPI, from the schemas it checks with", async () => {
    const world = await new DaemonWorld().start();
    const { body } = await world.ask("GET", "/api/openapi.json");
    expect(body).toMatchObject({ openapi: "3.1.0", paths: { "/api/sessions/{name}": { delete: {}, get: {} } } });
    expect(JSON.stringify(body)).not.toContain('"$ref":"#/components/schemas/undefined"');
  });

  it("reports events of sessions in the same form as the session itself", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "early" });
    await world.until("early", "Running", "Idle");
    const call = request({ socketPath: world.socket, path: "/api/events", agent: false });
    let text = "";
    call.on("response", (response) => response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk)));
    call.on("error", () => undefined);
    call.end();
    const events = () =>
      text
        .split("\n\n")
        .filter((part) => part.startsWith("data: "))
        .map(
          (part) =>
            JSON.parse(part.slice(6)) as { type: string; name?: string; step?: string; session?: { name: string } },
        );
    await expect
      .poll(() => events().map(({ type, session }) => [type, session?.name]), POLL)
      .toEqual([
        ["session", "early"],
        ["ready", undefined],
      ]);
    await world.create({ name: "late" });
    const late = await world.until("late", "Running", "Idle");
    await expect.poll(() => events().findLast(({ session }) => session?.name === "late")?.session, POLL).toEqual(late);
    expect(events().flatMap(({ step }) => (step === undefined ? [] : [step]))).toContain("Making the worktree");
    await world.ask("DELETE", "/api/sessions/late");
    await expect.poll(() => events().at(-1), POLL).toEqual({ type: "deleted", name: "late" });
    call.destroy();
  });
});

describe("credentials", () => {
  it("enter through the API, reach agents, and appear nowhere else", async () => {
    const world = await new DaemonWorld({ ANTHROPIC_API_KEY: "from-environment" }).start();
    const secret = "s3cret-value-of-mine";
    expect(await world.ask("PUT", "/api/credentials/MY_TOKEN", { value: secret })).toEqual({ status: 200, body: {} });
    expect(await world.ask("PUT", "/api/credentials/..%2fescape", { value: secret })).toMatchObject({ status: 422 });
    const listed = await world.ask("GET", "/api/credentials");
    expect(listed.body).toEqual({
      items: [
        { name: "ANTHROPIC_API_KEY", origin: "environment" },
        { name: "MY_TOKEN", origin: "file" },
      ],
    });
    expect(statSync(join(world.home, "credentials/MY_TOKEN")).mode & 0o777).toBe(0o600);
    await world.create({ name: "holder" });
    await world.until("holder", "Running", "Idle");
    const client = await world.stream("holder");
    const view = client.attach();
    view.type("environment\r");
    await expect.poll(() => view.text.replaceAll("\r\n", ""), POLL).toContain(`"MY_TOKEN":"${secret}"`);
    for (const path of ["daemon.log", "sessions/holder/session.json", "sessions/holder/runner.log"]) {
      expect(readFileSync(join(world.home, path), "utf8")).not.toContain(secret);
    }
    expect(JSON.stringify(await world.list())).not.toContain(secret);
    expect(await world.ask("DELETE", "/api/credentials/MY_TOKEN")).toMatchObject({ status: 200 });
    expect(await world.ask("DELETE", "/api/credentials/MY_TOKEN")).toMatchObject({ status: 409 });
  });
});
