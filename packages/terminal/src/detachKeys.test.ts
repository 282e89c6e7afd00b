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

  it.each([
    ["the kitty protocol", ["\u001b[112;5u", "\u001b[113;5u"], '"" ""!'],
    ["modifyOtherKeys", ["\u001b[27;5;112~\u001b[27;5;113~"], '""!'],
    ["one form and the other", ["\u0010", "\u001b[113;5u"], '"" ""!'],
    ["a form with locks on", ["\u001b[112;197u\u001b[113;133u"], '""!'],
    ["a form with what else the key could be", ["\u001b[1079::112;5u\u001b[1081::113;5u"], '""!'],
    [
      "forms with releases and modifiers between",
      ["\u001b[112;5:1u\u001b[112;5:3u\u001b[57442;5:1u", "\u001b[113;5u"],
      '"" ""!',
    ],
    ["a form in parts", ["\u001b[112", ";5u\u001b[113;5", "u"], '"" "" ""!'],
  ])("finds the keys in %s", (_, chunks, result) => {
    expect(typed("ctrl-p,ctrl-q", ...chunks)).toBe(result);
  });

  it.each([
    ["\u001b[112;6u\u001b[113;5u", "with shift"],
    ["\u001b[112;7u\u001b[113;5u", "with alt"],
    ["\u001b[112;5:3u\u001b[113;5u", "a release"],
    ["\u001b[13;2u", "shift and enter"],
    ["\u001b[27;2;13~", "the same by modifyOtherKeys"],
    ["\u001b[1;5A\u001b[3~\u001bOP\u001b[<0;1;1M", "cursor, delete, function key, mouse"],
    ["\u001b[200~a\u001b[201~", "a paste"],
    ["\u001b", "escape"],
    ["\u001b[", "alt and a bracket"],
  ])("passes %j unharmed, which is %s", (text) => {
    expect(typed("ctrl-p,ctrl-q", text)).toBe(JSON.stringify(text));
  });

  it("gives back a beginning in an encoded form, with all that was held beside it", () => {
    const held = "\u001b[112;5u\u001b[112;5:3u";
    expect(typed("ctrl-p,ctrl-q", held, "x")).toBe(`"" ${JSON.stringify(`${held}x`)}`);
    expect(typed("ctrl-p,ctrl-q", held + held, "\u0011")).toBe(`${JSON.stringify(held)} ""!`);
    expect(typed("ctrl-p,ctrl-q", "\u001b[1;5", "A")).toBe(`"" ${JSON.stringify("\u001b[1;5A")}`);
  });

  it.each([
    ["a", "\u001b[97u"],
    ["~", "\u001b[96:126;2u"],
    ["A", "\u001b[27;2;65~"],
    ["ctrl-@", "\u001b[64;5u"],
    ["ctrl-_", "\u001b[45:95;6u"],
    ["ctrl-_", "\u001b[27;6;95~"],
    ["ctrl-]", "\u001b[93;5u"],
  ])("knows the key %s in %j", (key, text) => {
    expect(typed(key, text)).toBe('""!');
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
