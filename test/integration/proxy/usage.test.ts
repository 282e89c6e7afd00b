import type { ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { UsageTotals } from "@clauderon/protocol/proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, openTls } from "../../kit/proxy/client.ts";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { ProxyWorld, type User } from "../../kit/proxy/world.ts";

const HOST = "api.anthropic.com";
const USAGE = { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 1 };
const EVENTS = [
  { type: "message_start", message: { model: "claude-haiku-4-5-20251001", usage: USAGE } },
  { type: "content_block_delta", delta: { text: "Grüße" } },
  { type: "message_delta", usage: { output_tokens: 40 } },
];
const STREAM = EVENTS.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const BODY = JSON.stringify({ model: "claude-next-9", content: [], usage: USAGE });

let world: ProxyWorld;
let upstream: Upstream;
let user: User;
let placeholder: string;

beforeAll(async () => {
  world = await ProxyWorld.create();
  upstream = await startUpstream({
    authority: world.authority,
    name: HOST,
    onRequest: (request, response) => answer(new URL(request.url ?? "", "https://x"), response),
  });
  const rule = { name: "ANTHROPIC_API_KEY", service: "anthropic" } as const;
  const write = world.credential(rule, "sk-ant-api03-the-real-one");
  user = world.grant("web", { allow: [{ host: HOST }], credentials: [rule.name] });
  placeholder = write(user.principal);
  await world.start({ [HOST]: upstream.port });
});

afterAll(async () => {
  await world.stop();
  await upstream.stop();
});

/** A stream in single bytes, a compressed body, a stream that is cut, or a body elsewhere. */
function answer({ pathname, search }: URL, response: ServerResponse): void {
  if (pathname !== "/v1/messages") response.end(BODY);
  else if (search === "?body") {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync(BODY));
  } else {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for (const byte of Buffer.from(STREAM)) response.write(Uint8Array.of(byte));
    if (search === "?cut") response.write("event: ping\n\n", () => response.destroy());
    else response.end();
  }
}

/** Sends a request and returns the audit's line about it. */
async function auditOf(path: string) {
  const before = world.audit().length;
  const socket = await openTls(world, HOST, user);
  await exchange(
    socket,
    `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nx-api-key: ${placeholder}\r\nConnection: close\r\n\r\n`,
  );
  const lines = () =>
    world
      .audit()
      .slice(before)
      .filter((line) => line.path !== undefined);
  await expect.poll(lines).toHaveLength(1);
  return lines()[0];
}

const metrics = async (): Promise<string> =>
  (await fetch(`http://127.0.0.1:${world.proxy.metricsPort}/metrics`)).text();

describe("the proxy's meter", () => {
  it("writes what a streamed call of the model used and cost into the audit and the metrics", async () => {
    const counts = {
      inputTokens: 10,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 0,
      cacheReadTokens: 30,
      outputTokens: 40,
    };
    const line = await auditOf("/v1/messages?beta=true");
    expect(line).toMatchObject({ status: 200, usage: { model: "claude-haiku-4-5-20251001", ...counts } });
    expect(line?.usage?.costUsd).toBeCloseTo((10 + 20 * 1.25 + 30 * 0.1 + 40 * 5) / 1e6, 12);
    expect(await metrics()).toMatch(/model_tokens_total\{model="claude-haiku-4-5-20251001",kind="outputTokens"\} 40\n/);
    expect(await metrics()).toMatch(/model_cost_dollars_total\{model="claude-haiku-4-5-20251001"\} 0\.0002/);
  });

  it("reads a compressed body, and gives no cost for a model without a price", async () => {
    const { usage } = (await auditOf("/v1/messages?body")) ?? {};
    expect(usage).toMatchObject({ model: "claude-next-9", inputTokens: 10, outputTokens: 1 });
    expect(usage).not.toHaveProperty("costUsd");
    expect(await metrics()).toMatch(/model_tokens_total\{model="unpriced",kind="inputTokens"\} 10\n/);
  });

  it("keeps what a response said that breaks off", async () => {
    expect(await auditOf("/v1/messages?cut")).toMatchObject({ usage: { outputTokens: 40 } });
  });

  it("keeps the totals of each principal, also when it is stopped and starts again", async () => {
    const totals = async () => {
      const { web } = JSON.parse(readFileSync(join(world.state, "usage.json"), "utf8")) as Record<string, UsageTotals>;
      return web;
    };
    await expect.poll(totals).toMatchObject({ calls: 3, inputTokens: 30, outputTokens: 81, unpricedCalls: 1 });
    expect(await metrics()).toMatch(/session_tokens_total\{session="web",kind="outputTokens"\} 81\n/);
    await auditOf("/v1/messages?beta=true");
    world.proxy.signal("SIGTERM");
    await world.proxy.ended;
    expect(await totals()).toMatchObject({ calls: 4, outputTokens: 121 });
    await world.restart();
    await auditOf("/v1/messages?beta=true");
    await expect.poll(totals).toMatchObject({ calls: 5, outputTokens: 161 });
  });

  it("meters nothing else", async () => {
    expect(await auditOf("/v1/models")).not.toHaveProperty("usage");
  });
});
