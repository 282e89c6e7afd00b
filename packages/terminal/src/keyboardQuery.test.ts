import { describe, expect, it } from "vitest";
import { KeyboardReply } from "./keyboardQuery.ts";

function replied(...chunks: readonly string[]): string {
  const reply = new KeyboardReply();
  return chunks
    .map((chunk) => reply.push(new Uint8Array(Buffer.from(chunk))))
    .map(({ bytes, flags }) => JSON.stringify(Buffer.from(bytes).toString()) + (flags === undefined ? "" : `=${flags}`))
    .join(" ");
}

describe("KeyboardReply", () => {
  it.each([
    ["before anything is typed", ["\u001b[?0u"], '""=0'],
    ["within what is typed", ["é\u001b[?5u\r"], '"é\\r"=5'],
    ["in parts", ["a\u001b[?", "1", "5ub"], '"a" "" "b"=15'],
    ["once", ["\u001b[?1u\u001b[?2u", "\u001b[?3u"], '"\\u001b[?2u"=1 "\\u001b[?3u"'],
    ["never from a terminal that does not know it", ["\u001b", "[A\u001b[?62c", "x"], '"\\u001b" "[A\\u001b[?62c" "x"'],
  ])("takes the reply %s", (_, chunks, result) => {
    expect(replied(...chunks)).toBe(result);
  });
});
