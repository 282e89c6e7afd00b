import { describe, expect, it } from "vitest";
import { Journal } from "./journal.ts";

function lineOf(label: string, text: string, redact?: (text: string) => string): string {
  const lines: string[] = [];
  const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5), monotonic: () => 0, sleep: () => Promise.resolve() };
  const journal = new Journal({ write: (line) => lines.push(line), clock });
  if (redact !== undefined) journal.redactWith(redact);
  journal.line(label, text);
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

const redact = (text: string) => text.replaceAll("token", "[secret]");

describe("Journal", () => {
  it("writes the time in UTC, the label and the text", () => {
    expect(lineOf("Bash", "npm test")).toBe("03:04:05 Bash     npm test\n");
  });

  it("writes one line for any text, without anything that a terminal acts on", () => {
    const text = "a\nb\r\u2028c\u001b[31;1md\u001b]0;title\u0007e\u001b(f\u009bg\u202eh";
    expect(lineOf("x\ny", text)).toBe("03:04:05 x y      a b cde(fgh\n");
  });

  it("never exceeds 4 KiB", () => {
    for (const character of ["x", "€", "😀", "\u001b"]) {
      expect(Buffer.byteLength(lineOf("l".repeat(1_000), character.repeat(100_000)))).toBeLessThanOrEqual(4_096);
    }
  });

  it("redacts before it cuts, in labels too", () => {
    expect(lineOf("token", `${"x".repeat(1_295)}token`, redact)).not.toMatch(/tok/);
  });
});
