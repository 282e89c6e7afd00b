import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelUsage } from "./modelUsage.ts";
import { usageCost } from "./usageCost.ts";
import { usageMeter } from "./usageMeter.ts";

const START = {
  type: "message_start",
  message: {
    model: "claude-haiku-4-5-20251001",
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      cache_read_input_tokens: 4_000,
      output_tokens: 1,
      service_tier: "standard",
    },
  },
};
const DELTA = {
  type: "message_delta",
  delta: { stop_reason: "end_turn" },
  usage: { output_tokens: 50, input_tokens: null },
};
const TEXT = { type: "content_block_delta", delta: { text: 'Grüße 👋 "usage" \n{"type":"message_start"}' } };
const USAGE: ModelUsage = {
  model: "claude-haiku-4-5-20251001",
  inputTokens: 10,
  cacheWrite5mTokens: 100,
  cacheWrite1hTokens: 200,
  cacheReadTokens: 4_000,
  outputTokens: 50,
  hasSurcharge: false,
};

const streamOf = (events: readonly { type: string }[], end = "\n"): Uint8Array =>
  new TextEncoder().encode(
    events.map((event) => `event: ${event.type}${end}data: ${JSON.stringify(event)}${end}${end}`).join(""),
  );

function usageOf(contentType: string, chunks: Iterable<Uint8Array>): ModelUsage | undefined {
  const meter = usageMeter(contentType);
  for (const chunk of chunks) meter?.push(chunk);
  return meter?.usage;
}

/** The bytes cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places, bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe("usageMeter", () => {
  it.each(["\n", "\r\n", "\r"])("reads a stream whose lines end with %j, however it is cut", (end) => {
    const bytes = streamOf([START, TEXT, { type: "ping" }, TEXT, DELTA, { type: "message_stop" }], end);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        expect(usageOf("text/event-stream; charset=utf-8", cut(bytes, places))).toEqual(USAGE);
      }),
    );
    expect(
      usageOf(
        "text/event-stream",
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(USAGE);
  });

  it("reads an answer that is one JSON body, however it is cut", () => {
    const { model, usage } = START.message;
    const content = [{ type: "text", text: TEXT.delta.text }];
    const bytes = new TextEncoder().encode(JSON.stringify({ model, content, usage: { ...usage, output_tokens: 50 } }));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        expect(usageOf("application/json", cut(bytes, places))).toEqual(USAGE);
      }),
    );
  });

  it("keeps what a stream said that broke off", () => {
    expect(usageOf("text/event-stream", [streamOf([START, TEXT])])).toEqual({ ...USAGE, outputTokens: 1 });
    expect(usageOf("text/event-stream", [streamOf([START]).subarray(0, 100)])).toBeUndefined();
  });

  it("is not confused by content that looks like an event", () => {
    const fake = {
      ...TEXT,
      delta: { text: `\n\ndata: ${JSON.stringify({ ...DELTA, usage: { output_tokens: 9_999 } })}\n\n` },
    };
    expect(usageOf("text/event-stream", [streamOf([START, fake, DELTA])])).toEqual(USAGE);
  });

  it("leaves out lines that are longer than any with usage", () => {
    const long = { type: "content_block_delta", text: "x".repeat(1_000_000) };
    expect(usageOf("text/event-stream", [streamOf([START, long, DELTA])])).toEqual(USAGE);
  });

  it.each(["application/json", "text/event-stream"])("reads nothing from %s without usage", (type) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => usageOf(type, [bytes]) === undefined));
    expect(
      usageOf(type, [new TextEncoder().encode('{"type":"error","error":{"type":"overloaded_error"}}')]),
    ).toBeUndefined();
  });

  it.each(["", "text/html", "application/jsonl"])("makes no meter for %j", (type) => {
    expect(usageMeter(type)).toBeUndefined();
  });

  it("ignores a number that is not a count", () => {
    const usage = {
      input_tokens: -5,
      output_tokens: 1.5,
      cache_read_input_tokens: "9",
      cache_creation_input_tokens: 1e300,
    };
    const zero = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
    expect(
      usageOf("application/json", [new TextEncoder().encode(JSON.stringify({ model: "m", usage }))]),
    ).toMatchObject(zero);
  });
});

describe("usageCost", () => {
  it("is the sum by the price list", () => {
    // Haiku 4.5: input 1, written 1.25 and 2, read 0.10, output 5 dollars for a million.
    expect(usageCost(USAGE)).toBeCloseTo((10 + 125 + 400 + 400 + 250) / 1e6, 12);
    expect(usageCost({ ...USAGE, model: "claude-opus-5-5", cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 })).toBeCloseTo(
      (10 * 4 + 4_000 * 0.2 + 50 * 20) / 1e6,
      12,
    );
  });

  it("depends on the prompt's length where the list says so, cache included", () => {
    const short = { ...USAGE, model: "claude-haiku-5-5", inputTokens: 95_700, outputTokens: 0 };
    const base = (95_700 + 125 + 400) * 0.1 + 4_000 * 0.01;
    expect(usageCost(short)).toBeCloseTo(base / 1e6, 12);
    const long = (95_701 + 125 + 400) * 0.5 + 4_000 * 0.05;
    expect(usageCost({ ...short, inputTokens: 95_701 })).toBeCloseTo(long / 1e6, 12);
  });

  it.each(["claude-next-1", "gpt-5", "", "claude-opus", "constructor", "claude-opus-5-5-fast"])(
    "is unknown for the model %j",
    (model) => {
      expect(usageCost({ ...USAGE, model })).toBeUndefined();
    },
  );

  it.each([
    { service_tier: "priority" },
    { speed: "fast" },
    { inference_geo: "us" },
    { server_tool_use: { web_search_requests: 1 } },
  ])("is unknown where something else is billed: %j", (extra) => {
    const usage = { ...START.message.usage, ...extra };
    const read = usageOf("application/json", [new TextEncoder().encode(JSON.stringify({ ...START.message, usage }))]);
    expect(read).toMatchObject({ hasSurcharge: true, cacheReadTokens: 4_000 });
    expect(read === undefined ? 0 : usageCost(read)).toBeUndefined();
  });

  it("is known where nothing else is billed", () => {
    const extra = { speed: null, inference_geo: "not_available", server_tool_use: { web_search_requests: 0 } };
    const body = { ...START.message, usage: { ...START.message.usage, ...extra } };
    expect(usageOf("application/json", [new TextEncoder().encode(JSON.stringify(body))])).toMatchObject({
      hasSurcharge: false,
    });
  });
});
