import { describe, expect, it } from "vitest";
import { isPointer } from "./isPointer.ts";
import { content, dataLength, lines } from "./packets.ts";

const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString("latin1");

describe("isPointer", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

  it("takes pointers of Git LFS, and an empty file, which has none", () => {
    expect([pointer, "", "version http://git-media.io/v/2\noid 4d7a\n"].map(isPointer)).toEqual([true, true, true]);
  });

  it.each(["\n", "large content", ` ${pointer}`, pointer.replace("oid", "id"), pointer.padEnd(1_024)])(
    "takes nothing else: %j",
    (text) => {
      expect(isPointer(text)).toBe(false);
    },
  );
});

describe("packets of git's", () => {
  it("hold lines and content, no more in one than git takes", () => {
    expect(text(lines("a=b", "c"))).toBe("0008a=b\n0006c\n0000");
    expect(text(lines())).toBe("0000");
    const large = text(content(new Uint8Array(65_517)));
    expect([large.slice(0, 4), large.slice(65_520, 65_524), large.slice(-4)]).toEqual(["fff0", "0005", "0000"]);
  });

  it("say how much follows, and reject invalid headers", () => {
    expect(["0000", "0004", "0005", "fff0"].map(dataLength)).toEqual([0, 0, 1, 65_516]);
    for (const header of ["0003", "xxxx", "-001", ""]) expect(() => dataLength(header)).toThrow("Not a packet");
  });
});
