import headless from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { Screen } from "./screen.ts";

const SIZE = { cols: 40, rows: 10 };

function screen(answers: string[] = []) {
  const made = new Screen({ ...SIZE, answer: (text) => answers.push(text) }, 100);
  const draw = (text: string | Uint8Array) =>
    new Promise<void>((resolve) => made.write(typeof text === "string" ? Buffer.from(text) : text, resolve));
  return { made, draw };
}

/** What a terminal shows that was given these bytes. */
async function shown(...parts: readonly Uint8Array[]): Promise<readonly string[]> {
  const terminal = new headless.Terminal({ ...SIZE, allowProposedApi: true });
  for (const part of parts) await new Promise<void>((resolve) => terminal.write(part, resolve));
  const { buffer } = terminal;
  return Array.from(
    { length: buffer.active.length },
    (_, at) => buffer.active.getLine(at)?.translateToString(true) ?? "",
  );
}

describe("Screen", () => {
  it("draws itself on a terminal that showed something else", async () => {
    const { made, draw } = screen();
    await draw("one\r\n\u001b[1mtwo\u001b[0m\u001b[5;5Hfive");
    expect(await shown(Buffer.from("\u001b[?1049hold things"), made.snapshot(10_000))).toEqual([
      "one",
      "two",
      "",
      "",
      "    five",
      "",
      "",
      "",
      "",
      "",
    ]);
    expect(made.offset).toBe(126);
  });

  it.each([
    ["a sequence", "text \u001b[3", "1mred"],
    ["a title", "text \u001b]0;ti", "tle\u0007red"],
  ])("is complete although %s is split at its position", async (_what, before, after) => {
    const { made, draw } = screen();
    await draw(before);
    const [first] = await shown(made.snapshot(10_000), Buffer.from(after));
    expect(first).toBe("text red");
  });

  it("is complete although a character is split at its position", async () => {
    const { made, draw } = screen();
    const crab = Buffer.from("🦀!");
    await draw(crab.subarray(0, 2));
    expect((await shown(made.snapshot(10_000), crab.subarray(2)))[0]).toBe("🦀!");
  });

  it("leaves out lines above the screen, then everything, to fit the limit", async () => {
    const { made, draw } = screen();
    await draw("a line of the past\r\n".repeat(900));
    await draw("now");
    expect(made.snapshot(100_000).length).toBeGreaterThan(10_000);
    const small = made.snapshot(1_000);
    expect(small.length).toBeLessThan(1_000);
    expect((await shown(small)).at(-1)).toBe("now");
    expect(made.snapshot(20).length).toBeLessThan(20);
  });

  it("answers the agent's queries, because no viewer does", async () => {
    const answers: string[] = [];
    const { draw } = screen(answers);
    await draw("ab\u001b[6n");
    expect(answers).toEqual(["\u001b[1;3R"]);
  });

  it("knows when the agent accepts pastes", async () => {
    const { made, draw } = screen();
    expect(made.takesPastes).toBe(false);
    await draw("\u001b[?2004h");
    expect(made.takesPastes).toBe(true);
  });
});
