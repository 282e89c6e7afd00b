import { describe, expect, it } from "vitest";
import { DetachMatcher, parseDetachKeys } from "./detachKeys.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

function typed(keys: string, ...chunks: readonly string[]): string {
  const matcher = new DetachMatcher(parseDetachKeys(keys));
  const found = chunks.map((chunk) => matcher.push(bytes(chunk)));
  return found
    .map(({ bytes, detach }) => JSON.stringify(Buffer.from(bytes).toString()) + (detach ? "!" : ""))
    .join(" ");
}

describe("DetachMatcher", () => {
  it.each([
    ["plain text", ["plain é"], '"plain é"'],
    ["the keys at once", ["ab\u0010\u0011cd"], '"ab"!'],
    ["the keys one by one", ["\u0010", "\u0011"], '"" ""!'],
    ["a beginning that another key follows", ["\u0010", "x"], '"" "\\u0010x"'],
    ["a beginning twice", ["\u0010\u0010", "\u0011"], '"\\u0010" ""!'],
    ["the second key alone", ["\u0011"], '"\\u0011"'],
  ])("reads %s", (_, chunks, result) => {
    expect(typed("ctrl-p,ctrl-q", ...chunks)).toBe(result);
  });

  it("finds detach keys after a repeated beginning", () => {
    expect(typed("a,a,b", "a", "a", "a", "b")).toBe('"" "" "a" ""!');
    expect(typed("a,b,a,c", "aba", "bac")).toBe('"" "ab"!');
  });

  it("passes unchanged input on without a copy", () => {
    const chunk = bytes("x".repeat(1_000));
    expect(new DetachMatcher(parseDetachKeys("ctrl-p,ctrl-q")).push(chunk).bytes).toBe(chunk);
  });
});

describe("parseDetachKeys", () => {
  it("reads characters and control keys", () => {
    expect([...parseDetachKeys("ctrl-p, ctrl-Q,~,ctrl-]")]).toEqual([0x10, 0x11, 0x7e, 0x1d]);
  });

  it.each(["", "ctrl-1", "escape", "ctrl-p,,q", "é"])("refuses %j", (text) => {
    expect(() => parseDetachKeys(text)).toThrow("attach.detach_keys cannot be");
  });
});
