import { describe, expect, it } from "vitest";
import { canonicalJson, sha256Hex } from "./hash.ts";

describe("canonicalJson", () => {
  it("writes equal values as equal text, whatever the order of their keys, at every depth", () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: undefined })).toBe(canonicalJson({ b: [{ x: 2, y: 1 }] }));
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([2, 1])).toBe("[2,1]");
  });
});

describe("sha256Hex", () => {
  it("hashes the UTF-8 bytes (FIPS 180-4 example, and a text beyond ASCII)", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });
});
