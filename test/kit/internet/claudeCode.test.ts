import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, describe, expect, it } from "vitest";
import { runClaude } from "./headlessClaude.ts";
import type { Internet } from "./internet.ts";
import { startInternet } from "./internet.ts";
import { startMcpEcho } from "./mcpServer.ts";
import type { Script } from "./messages/scenarios.ts";
import type { ScriptedMessagesServer } from "./messages/scriptedMessages.ts";
import { startScriptedMessages } from "./messages/scriptedMessages.ts";
import type { ModelRequest } from "./messages/modelRequest.ts";
import { cutStream, error, overloaded, rateLimit, text, toolUse, unauthorized, usage } from "./messages/turns.ts";
import type { Step } from "./messages/turns.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function model(script: Script): Promise<ScriptedMessagesServer> {
  const messages = await startScriptedMessages({ script });
  stops.push(() => messages.stop());
  return messages;
}

async function internet(script: Script): Promise<Internet> {
  const world = await startInternet({ messages: { script } });
  stops.push(() => world.stop());
  return world;
}

const runBash = (command: string) => [text("I run it."), toolUse("Bash", { command, description: "Run" })];

/** A subscription's credential, and nothing of what the agent sends beside its turns held back. */
const ALL_TRAFFIC = {
  ANTHROPIC_API_KEY: "",
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-placeholder",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "",
};

/** A CONNECT proxy that leads every name to the internet; its URL. */
async function tunnelTo({ address, port }: Internet): Promise<string> {
  const proxy = createServer().on("connect", (_request: unknown, client: Duplex) => {
    const upstream = connect(port, address, () => client.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    void pipeline(upstream, client, upstream).catch(() => undefined);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  stops.push(async () => void proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** Ends the conversation with what the tool said. */
const quoteTool = (first: readonly Step[]) => (request: ModelRequest) =>
  request.turn === 0 ? first : text(`The tool said: ${request.toolResults.map((result) => result.text).join()}`);

describe("Claude Code with the scripted model", () => {
  it("runs a tool and finishes with the model's answer, over plain HTTP", async () => {
    const messages = await model([[...runBash("echo $((6*7))"), usage({ input: 5 })], text("Done.")]);
    const run = await runClaude("compute", { ANTHROPIC_BASE_URL: messages.baseUrl }, ["--allowedTools", "Bash"]);
    expect(run).toMatchObject({ exitCode: 0, result: { is_error: false, result: "Done." } });
    const turns = messages.requests.filter(({ path }) => path === "/v1/messages");
    expect(turns.map(({ token }) => token)).toEqual(["sk-ant-placeholder", "sk-ant-placeholder"]);
    expect(JSON.stringify(turns[1]?.body)).toContain('"content":"42"');
  });

  it("shows a script function the tool's result, over TLS with the throwaway authority", async () => {
    const world = await internet(quoteTool(runBash("echo $((6*7))")));
    const env = { ANTHROPIC_BASE_URL: world.messagesUrl, NODE_EXTRA_CA_CERTS: world.caFile };
    const run = await runClaude("compute", env, ["--allowedTools", "Bash"]);
    expect(run.result).toMatchObject({ is_error: false, result: "The tool said: 42" });
  });

  it("finds everything under the API's real name, and asks for each thing once", async () => {
    const world = await internet([runBash("true"), text("Done.")]);
    const env = { HTTPS_PROXY: await tunnelTo(world), NODE_EXTRA_CA_CERTS: world.caFile };
    const run = await runClaude("hello", { ...env, ...ALL_TRAFFIC }, ["--allowedTools", "Bash"]);
    expect(run.result).toMatchObject({ is_error: false, result: "Done." });
    const { requests } = world.messages;
    expect(new Set(requests.map(({ host }) => host))).toEqual(new Set(["api.anthropic.com"]));
    const asked = requests.map(({ path }) => path).filter((path) => path.startsWith("/api/claude_"));
    expect(asked.toSorted()).toEqual([
      "/api/claude_cli/bootstrap",
      "/api/claude_code/policy_limits",
      "/api/claude_code/settings",
    ]);
  });

  it("does not get through TLS without the authority", async () => {
    const world = await internet([text("unreachable")]);
    const env = { ANTHROPIC_BASE_URL: world.messagesUrl, CLAUDE_CODE_MAX_RETRIES: "0" };
    const run = await runClaude("hello", env);
    expect(run).toMatchObject({ exitCode: 1, result: { is_error: true } });
    expect(world.messages.requests).toEqual([]);
  });

  it("ends with is_error on 401", async () => {
    const messages = await model(() => unauthorized());
    const run = await runClaude("hello", { ANTHROPIC_BASE_URL: messages.baseUrl, CLAUDE_CODE_MAX_RETRIES: "1" });
    expect(run).toMatchObject({ exitCode: 1, result: { is_error: true, api_error_status: 401 } });
  });

  it("ends with is_error on 403, without a retry", async () => {
    const messages = await model([error(403, "permission_error", "Not yours"), text("never")]);
    const run = await runClaude("hello", { ANTHROPIC_BASE_URL: messages.baseUrl });
    expect(run).toMatchObject({ exitCode: 1, result: { is_error: true, api_error_status: 403 } });
  });

  it("names the script that ran out, without a retry", async () => {
    const messages = await model([]);
    const run = await runClaude("hello", { ANTHROPIC_BASE_URL: messages.baseUrl });
    expect(run.result?.result).toContain('scenario "default" has 0 turns');
    expect(run.events.filter(({ subtype }) => subtype === "api_retry")).toEqual([]);
  });

  it.each([
    ["a cut stream", [text("Half of an"), cutStream()], null],
    ["a connection cut before the answer", cutStream(), null],
    ["an overloaded service", overloaded(), 529],
  ])("retries after %s", async (_, broken, error_status) => {
    const messages = await model([broken, text("Whole.")]);
    const run = await runClaude("hello", { ANTHROPIC_BASE_URL: messages.baseUrl });
    expect(run.result).toMatchObject({ is_error: false, result: "Whole." });
    expect(run.events).toContainEqual(expect.objectContaining({ subtype: "api_retry", error_status }));
  });

  it("waits as long as retry-after says on 429", async () => {
    const messages = await model([rateLimit(2), text("Now.")]);
    const run = await runClaude("hello", { ANTHROPIC_BASE_URL: messages.baseUrl });
    expect(run.result).toMatchObject({ is_error: false, result: "Now." });
    const retry = run.events.find(({ subtype }) => subtype === "api_retry");
    expect(retry).toMatchObject({ error_status: 429 });
    expect(retry?.retry_delay_ms).toBeGreaterThanOrEqual(2_000);
  });

  it("lists and calls the MCP server's tool", async () => {
    const mcp = await startMcpEcho();
    stops.push(() => mcp.stop());
    const call = [toolUse("mcp__outside__echo", { text: "ping over MCP" })];
    const messages = await model(quoteTool(call));
    const config = JSON.stringify({ mcpServers: { outside: { type: "http", url: mcp.url } } });
    const args = ["--mcp-config", config, "--strict-mcp-config", "--allowedTools", "mcp__outside__echo"];
    const run = await runClaude("use it", { ANTHROPIC_BASE_URL: messages.baseUrl }, args);
    expect(run.result).toMatchObject({ is_error: false, result: "The tool said: ping over MCP" });
    expect(run.events[0]?.mcp_servers).toMatchObject([{ name: "outside", status: "connected" }]);
    expect(run.events[0]?.tools).toContain("mcp__outside__echo");
    expect(mcp.requests.map(({ body }) => (body as { method?: string } | undefined)?.method)).toContain("tools/call");
  });
});
