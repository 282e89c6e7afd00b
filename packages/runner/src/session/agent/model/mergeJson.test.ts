import { describe, expect, it } from "vitest";
import { mergeJson } from "./mergeJson.ts";

describe("mergeJson", () => {
  it("keeps members of either side, and lets the second side win", () => {
    expect(mergeJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 4, e: 5 }, f: 6 })).toEqual({
      a: 1,
      b: { c: 2, d: 4, e: 5 },
      f: 6,
    });
  });

  it("adds to an array what is not in it, so that merging twice changes nothing", () => {
    const base = { hooks: [{ command: "theirs" }] };
    const ours = { hooks: [{ command: "ours" }] };
    const once = mergeJson(base, ours);
    expect(once).toEqual({ hooks: [{ command: "theirs" }, { command: "ours" }] });
    expect(mergeJson(once, ours)).toEqual(once);
  });

  it("replaces a value of another type", () => {
    expect(mergeJson({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
    expect(mergeJson([], { a: 1 })).toEqual({ a: 1 });
  });

  it("treats __proto__ as an ordinary name", () => {
    const merged = mergeJson(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"b":2}}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1,"b":2}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});
