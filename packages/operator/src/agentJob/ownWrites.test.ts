import { describe, expect, it } from "vitest";
import { OwnWrites } from "./ownWrites.ts";

describe("OwnWrites", () => {
  it("reports a copy as outdated until it is as new as the last write", () => {
    const writes = new OwnWrites();
    expect(writes.isBehind("a", "5")).toBe(false);
    writes.wrote("a", "10");
    expect([writes.isBehind("a", "9"), writes.isBehind("b", "9"), writes.isBehind("a", "10")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(writes.isBehind("a", "9")).toBe(false);
  });

  it("reports every copy of an object that is gone as outdated, and none of the next object of its name", () => {
    const writes = new OwnWrites();
    writes.released("a", "10");
    expect([writes.isBehind("a", "9"), writes.isBehind("a", "10"), writes.isBehind("a", "11")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("never holds back a key because of versions that are not numbers", () => {
    const writes = new OwnWrites();
    writes.wrote("a", "opaque");
    expect(writes.isBehind("a", "1")).toBe(false);
    writes.wrote("a", "10");
    expect(writes.isBehind("a", "opaque")).toBe(false);
  });
});
