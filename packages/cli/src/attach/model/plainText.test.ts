import { expect, it } from "vitest";
import { plainText } from "./plainText.ts";

it("plainText keeps only the words of what a terminal showed", () => {
  const shown =
    "\u001b[?2004h\u001b[1;32mgreen\u001b[0m\ttext\r\n\u001b]8;;https://example.com\u0007link\u001b]8;;\u001b\\\r\r\nzażółć\u001b(B\u001b7\u0007";
  expect(plainText(shown)).toBe("green\ttext\nlink\nzażółć");
});
