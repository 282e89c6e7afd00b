import { expect, it } from "vitest";
import { withoutSequences } from "./withoutSequences.ts";

it.each([
  ["\u001b[1;32mgreen\u001b[0m\ttext\r\n", "green\ttext\r\n"],
  ["\u001b]8;;https://example.com\u0007link\u001b]8;;\u001b\\", "link"],
  ["\u001b[?2004h\u001b(B\u001b7\u001bMx", "x"],
  ["before\u001b]0;a title that is cut", "before"],
])("withoutSequences(%j) is %j", (text, expected) => {
  expect(withoutSequences(text)).toBe(expected);
});
