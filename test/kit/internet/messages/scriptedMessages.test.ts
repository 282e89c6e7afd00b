import { afterEach, describe, expect, it } from "vitest";
import type { ScriptedMessagesOptions } from "./scriptedMessages.ts";
import { startScriptedMessages } from "./scriptedMessages.ts";
import { cutStream, delay, error, overloaded, rateLimit, text, toolUse, usage } from "./turns.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Ask {
  readonly prompt?: string;
  readonly session?: string;
  readonly token?: string;
  readonly stream?: boolean;
}

async function start(options: ScriptedMessagesOptions) {
  const messages = await startScriptedMessages(options);
  stops.push(() => messages.stop());
  const ask = ({ prompt = "hello", session = "s1", token = "key", stream = false }: Ask = {}) =>
    fetch(`${messages.baseUrl}/v1/messages?beta=true`, {
      method: "POST",
      headers: { "x-api-key": token, "x-claude-code-session-id": session },
      body: JSON.stringify({
        model: "claude-test",
        stream,
        messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
        tools: [{ name: "Bash" }],
      }),
    });
  const say = async (how?: Ask) =>
    ((await (await ask(how)).json()) as { content: { text: string }[] }).content[0]?.text;
  return { ...messages, ask, say };
}

/** The events of an SSE body as [name, data] pairs. */
const eventsOf = (body: string) =>
  body
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [event = "", data = ""] = block.split("\n");
      return [event.replace("event: ", ""), JSON.parse(data.replace("data: ", "")) as Record<string, unknown>] as const;
    });

describe("startScriptedMessages", () => {
  it("streams a turn as the API does", async () => {
    const turn = [text("Hi there"), toolUse("Bash", { command: "ls" }), usage({ input: 3, output: 4, cacheRead: 5 })];
    const { ask } = await start({ script: [turn] });
    const events = eventsOf(await (await ask({ stream: true })).text());
    expect(events.map(([name]) => name)).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const partial = events.flatMap(
      ([, { delta }]) => (delta as { partial_json?: string } | undefined)?.partial_json ?? [],
    );
    expect(JSON.parse(partial.join(""))).toEqual({ command: "ls" });
    expect(events.at(-2)?.[1]).toMatchObject({
      delta: { stop_reason: "tool_use" },
      usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 5, cache_creation_input_tokens: 0 },
    });
  });

  it("answers in one body when the request does not ask for a stream", async () => {
    const { ask } = await start({ script: [[text("Hi"), toolUse("Bash", { command: "ls" })]] });
    expect(await (await ask()).json()).toMatchObject({
      role: "assistant",
      model: "claude-test",
      content: [
        { type: "text", text: "Hi" },
        { type: "tool_use", name: "Bash", input: { command: "ls" } },
      ],
      stop_reason: "tool_use",
    });
  });

  it("chooses the scenario by prompt and by token, the default last", async () => {
    const { say } = await start({
      scenarios: [
        { name: "marked", when: { prompt: "[alpha]" }, script: () => text("by prompt") },
        { name: "keyed", when: { token: "key-2" }, script: () => text("by token") },
      ],
      script: () => text("default"),
    });
    expect(await say({ prompt: "do [alpha] now" })).toBe("by prompt");
    expect(await say({ token: "key-2" })).toBe("by token");
    expect(await say()).toBe("default");
  });

  it("takes each conversation through the list separately", async () => {
    const { say } = await start({ script: [text("one"), text("two")] });
    expect(await say({ session: "a" })).toBe("one");
    expect(await say({ session: "b" })).toBe("one");
    expect(await say({ session: "a" })).toBe("two");
  });

  it("refuses a conversation that fits no scenario with a clear error, and asks not to be retried", async () => {
    const { ask } = await start({ scenarios: [{ name: "other", when: { prompt: "[x]" }, script: [] }] });
    const response = await ask({ prompt: "unheard of" });
    expect(response.status).toBe(500);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.text()).toMatch(/no scenario fits the prompt.*unheard of.*other/);
  });

  it("accepts only the configured tokens", async () => {
    const { ask } = await start({ script: () => text("ok"), tokens: ["real"] });
    expect((await ask({ token: "placeholder" })).status).toBe(401);
    expect((await ask({ token: "real" })).status).toBe(200);
  });

  it("sends an error's status, kind and retry-after", async () => {
    const { ask } = await start({ script: [rateLimit(7)] });
    const response = await ask({ stream: true });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
  });

  it("sends an error after content as an event and ends there", async () => {
    const { ask } = await start({ script: [[text("Hi"), overloaded(), text("never")]] });
    const events = eventsOf(await (await ask({ stream: true })).text());
    expect(events.at(-1)).toEqual([
      "error",
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    ]);
  });

  it("cuts a stream after what came before the cut", async () => {
    const { ask } = await start({ script: [[text("first"), text("half"), cutStream(), text("never")]] });
    const response = await ask({ stream: true });
    let received = "";
    const read = async () => {
      for await (const chunk of response.body ?? []) received += new TextDecoder().decode(chunk);
    };
    await expect(read()).rejects.toThrow("terminated");
    expect(eventsOf(received).slice(-3)).toMatchObject([
      ["content_block_stop", { index: 0 }],
      ["content_block_start", { index: 1 }],
      ["content_block_delta", { delta: { text: "half" } }],
    ]);
  });

  it("uses no turn for side requests", async () => {
    const { baseUrl, say, requests } = await start({ script: [text("first turn")] });
    const headers = { "x-claude-code-session-id": "s1" };
    const post = (path: string, body: unknown) =>
      fetch(`${baseUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect((await fetch(`${baseUrl}/api/hello`, { method: "HEAD" })).status).toBe(200);
    expect(await (await post("/v1/messages/count_tokens", {})).json()).toEqual({ input_tokens: 100 });
    expect((await post("/v1/messages", { messages: [{ role: "user", content: "title?" }] })).status).toBe(200);
    expect((await post("/api/event_logging/batch", { events: [] })).status).toBe(200);
    expect((await fetch(`${baseUrl}/v1/files`)).status).toBe(404);
    expect(await say()).toBe("first turn");
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "HEAD /api/hello",
      "POST /v1/messages/count_tokens",
      "POST /v1/messages",
      "POST /api/event_logging/batch",
      "GET /v1/files",
      "POST /v1/messages",
    ]);
  });

  it("answers with the error of a script function that throws", async () => {
    const { ask } = await start({
      script: () => {
        throw new Error("bug in the script");
      },
    });
    const response = await ask();
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("bug in the script");
  });

  it("stops immediately while a turn is delayed", async () => {
    const messages = await start({ script: [[text("a"), delay(3_600_000)]] });
    const response = await messages.ask({ stream: true });
    await messages.stop();
    stops.splice(0);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("keeps the newest thousand requests", async () => {
    const { baseUrl, requests } = await start({ script: [] });
    for (let count = 0; count < 1_001; count += 1) await fetch(`${baseUrl}/api/${count}`, { method: "HEAD" });
    expect([requests.length, requests[0]?.path]).toEqual([1_000, "/api/1"]);
  });

  it("lets an error carry headers of its own", async () => {
    const { ask } = await start({ script: [error(429, "rate_limit_error", "later", { headers: { "x-reset": "9" } })] });
    expect((await ask()).headers.get("x-reset")).toBe("9");
  });
});
