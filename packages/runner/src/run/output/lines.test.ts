import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Line, readLines } from "./lines.ts";

async function linesOf(chunks: readonly (string | Buffer)[], maxBytes = 10): Promise<Line[]> {
  return allOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), maxBytes);
}

async function allOf(stream: Readable, maxBytes = 10): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(stream, maxBytes)) lines.push(line);
  return lines;
}

describe("readLines", () => {
  it("joins lines and characters across chunks, and returns a last line without a newline", async () => {
    const euro = Buffer.from("€");
    const lines = await linesOf(["a", "b\n\nc", euro.subarray(0, 1), euro.subarray(1), "\nend"]);
    expect(lines).toEqual([{ text: "ab" }, { text: "" }, { text: "c€" }, { text: "end" }]);
  });

  it("keeps a line up to the limit and only the size of a longer one, then continues", async () => {
    const lines = await linesOf(["x".repeat(10), "\n", "y".repeat(9), "yy\nok\n", "z".repeat(11)]);
    expect(lines).toEqual([{ text: "x".repeat(10) }, { leftOutBytes: 11 }, { text: "ok" }, { leftOutBytes: 11 }]);
  });

  it("ends when the stream is destroyed, and passes an error on", async () => {
    const destroyed = new Readable({ read() {} });
    destroyed.push("a\n");
    setImmediate(() => destroyed.destroy());
    expect(await allOf(destroyed)).toEqual([{ text: "a" }]);
    const broken = new Readable({ read() {} });
    setImmediate(() => broken.destroy(new Error("EIO")));
    await expect(allOf(broken)).rejects.toThrow("EIO");
  });
});
