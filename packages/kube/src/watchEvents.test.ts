import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { ApiError } from "./apiError.ts";
import { parseEvent, splitLines } from "./watchEvents.ts";

async function* of(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function linesOf(...chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(of(...chunks))) lines.push(line.toString("utf8"));
  return lines;
}

describe("splitLines", () => {
  const text = Buffer.from('{"a":"é漢🦊"}\n{"b":"🦊"}\n');

  it("keeps characters complete wherever the bytes are split", async () => {
    for (let cut = 0; cut <= text.length; cut++) {
      expect(await linesOf(text.subarray(0, cut), text.subarray(cut))).toEqual(['{"a":"é漢🦊"}', '{"b":"🦊"}']);
    }
    expect(await linesOf(...[...text].map((byte) => Uint8Array.of(byte)))).toEqual(['{"a":"é漢🦊"}', '{"b":"🦊"}']);
  });

  it("leaves out empty lines and returns the last line without its newline", async () => {
    expect(await linesOf(Buffer.from("\n\none\n\ntwo"))).toEqual(["one", "two"]);
  });
});

describe("parseEvent", () => {
  it("returns the event unchanged", () => {
    const event = { type: "ADDED", object: { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } } };
    expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual(event);
  });

  it("throws the Status of an ERROR event", () => {
    const object = { kind: "Status", status: "Failure", code: 410, reason: "Expired", message: "too old" };
    const parse = () => parseEvent(Buffer.from(JSON.stringify({ type: "ERROR", object })));
    expect(parse).toThrow(ApiError);
    expect(parse).toThrow(expect.objectContaining({ status: 410, reason: "Expired", message: "too old" }));
  });

  it("throws a Fault for an incomplete event", () => {
    expect(() => parseEvent(Buffer.from('{"type":"ADDED","obj'))).toThrow(Fault);
  });
});
