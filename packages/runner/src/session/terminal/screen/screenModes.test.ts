import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import headless from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { chance } from "../../../../../../test/kit/chance.ts";
import { ScreenGuard } from "@clauderon/terminal";
import { Screen } from "./screen.ts";

const SIZE = { cols: 30, rows: 8 };
const ESC = "\u001b";

/** A viewer's terminal, which notes the modes that no API of xterm.js has. */
function viewer() {
  const terminal = new headless.Terminal({ ...SIZE, allowProposedApi: true });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  const usual = {
    cursorStyle: 0,
    5: false,
    12: false,
    25: true,
    69: false,
    1005: false,
    1006: false,
    1007: false,
    1015: false,
    1016: false,
  };
  const noted: Record<string, number | boolean> = { ...usual };
  for (const final of ["h", "l"]) {
    terminal.parser.registerCsiHandler({ prefix: "?", final }, (modes) => {
      for (const mode of modes.flat()) {
        if ([1005, 1006, 1015, 1016].includes(mode))
          Object.assign(noted, { 1005: false, 1006: false, 1015: false, 1016: false });
        if (String(mode) in usual) noted[String(mode)] = final === "h";
      }
      return false;
    });
  }
  terminal.parser.registerCsiHandler({ intermediates: " ", final: "q" }, ([style]) => {
    noted["cursorStyle"] = Number(style ?? 0);
    return false;
  });
  const reset = () => (Object.assign(noted, usual), false);
  terminal.parser.registerEscHandler({ final: "c" }, reset);
  terminal.parser.registerCsiHandler({ intermediates: "!", final: "p" }, () => ((noted["25"] = true), false));
  const write = (data: string | Uint8Array) => new Promise<void>((resolve) => terminal.write(data, resolve));
  const state = () => {
    const { active } = terminal.buffer;
    const lines = Array.from({ length: SIZE.rows }, (_, row) =>
      active.getLine(active.baseY + row)?.translateToString(true),
    );
    const { synchronizedOutputMode: _, ...modes } = terminal.modes;
    return { screen: active.type, lines, cursor: [active.cursorX, active.cursorY], modes, noted: { ...noted } };
  };
  return { write, state };
}

/** The state of a viewer from the start, and of one who came after `before`, once both have seen `after`. */
async function bothViews(before: string, after: string) {
  const made = new Screen({ ...SIZE, answer: () => undefined }, 0);
  await new Promise<void>((resolve) => made.write(Buffer.from(before), resolve));
  const [early, late] = [viewer(), viewer()];
  await early.write(before + after);
  await late.write(`${ESC}[?1049hold${ESC}[5;20Hthings${ESC}[?5;1006h`);
  await late.write(made.snapshot(100_000));
  await late.write(after);
  made.close();
  return { early: early.state(), late: late.state() };
}

/** Shows margins, tabs, character sets, insertion, wrapping and origin by what becomes of it. */
const PROBE = `\tx\tlqk\r\nab${"long text ".repeat(5)}\n\n\nend${ESC}[2;3Hat`;

const SETTINGS: Readonly<Record<string, string>> = {
  "application cursor keys": "[?1h",
  "reverse video": "[?5h",
  origin: "[3;6r?ESC[?6h",
  "no wrapping": "[?7l",
  "X10 mouse": "[?9h",
  "a blinking cursor": "[?12h",
  "no cursor": "[?25l",
  "reverse wrapping": "[?45h",
  "the application keypad": "=",
  "mouse clicks in SGR": "[?1000;1006h",
  "mouse drags in pixels": "[?1002hESC[?1016h",
  "every movement of the mouse, in UTF-8": "[?1003;1005h",
  focus: "[?1004h",
  "the wheel as cursor keys": "[?1007h",
  "bracketed paste": "[?2004h",
  insertion: "[4h",
  "line feeds that return": "[20h",
  "the shape of the cursor": "[5 q",
  margins: "[2;5r",
  "margins of the other screen": "[?1049hESC[2;5r",
  "tab stops": "[3gESC[5GESCHESC[11GESCHESC[G",
  "a tab stop that is taken away": "[9GESC[gESC[G",
  "a character set": "(0",
  "a shifted character set": ")0\u000e",
};
const sequence = (text: string) => ESC + text.replaceAll("ESC", ESC).replaceAll("?ESC", ESC);

describe("a late view", () => {
  it.each(Object.keys(SETTINGS))("has %s as one from the start", async (setting) => {
    const { early, late } = await bothViews(`some\r\ntext ${sequence(SETTINGS[setting] ?? "")}`, PROBE);
    expect(late).toEqual(early);
  });

  it.each(["🦀 crab", "👩‍👩‍👧 family", "🇩🇪 flag", "❤️ heart", "1️⃣ keycap", "e\u0301 accent", "漢字"])(
    "has columns beside %s as one from the start",
    async (text) => {
      const { early, late } = await bothViews(`${text}${ESC}[1;20H|`, "after");
      expect(late).toEqual(early);
      expect(early.lines[0]).toMatch(/\|after$/);
    },
  );

  it("has the screen and modes of one from the start, whatever was set before", async () => {
    const random = chance(4_711);
    const pieces = [
      // xterm.js keeps the mode 20 over a reset, and has margins and tab stops for each screen; terminals do not.
      ...Object.values(SETTINGS)
        .filter((setting) => setting !== "[20h" && !setting.includes("1049"))
        .map(sequence),
      ...["[?1;5;7;12;25;1006l", "[r", "[?6l", "[4l", "[20l", "[0 q", "(B", "[!p", "c", "[?1003l", "[m"].map(sequence),
      "text ",
      "漢",
      "🦀",
      "\r\n",
      "\t",
      "\u000f",
      `${ESC}[4;9H`,
      `${ESC}[1;31m`,
      `${ESC}[2K`,
      `${ESC}[L`,
      `${ESC}[3@`,
    ];
    const some = (count: number) =>
      Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)] ?? "").join("");
    for (let round = 0; round < 300; round += 1) {
      const [before, after] = [some(12), `${some(4)}${ESC}[2;2H${PROBE}`];
      const { early, late } = await bothViews(before, after);
      expect(late, JSON.stringify({ round, before, after })).toEqual(early);
    }
  });
});

describe("the keyboard", () => {
  const PIECES = [
    "[>1u",
    "[>5u",
    "[<u",
    "[<2u",
    "[=2;1u",
    "[=8;2u",
    "[=1;3u",
    "[?1049h",
    "[?1049l",
    "[>4;2m",
    "[>4;1m",
    "[>4m",
  ];
  const RESETS = ["c", "[?1047h", "[?1047l"];

  it("is set for a late view as for one from the start, on both screens, whatever was set before", async () => {
    const random = chance(815);
    const pieces = [...PIECES, ...PIECES, ...RESETS].map(sequence);
    const some = (count: number) =>
      Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)] ?? "").join("");
    for (let round = 0; round < 500; round += 1) {
      const [before, after] = [some(10), some(4)];
      const screen = new Screen({ ...SIZE, answer: () => undefined }, 0);
      await new Promise<void>((resolve) => screen.write(Buffer.from(before), resolve));
      const [early, late] = [before, screen.snapshot(100_000)].map((begin) => {
        const guard = new ScreenGuard();
        guard.push(Buffer.from(begin));
        guard.push(Buffer.from(`${after}${sequence("[>4;3m")}`));
        const steps = ["[<u", "[<u", "[?1049h", "[<u", "[?1049l", "[<u"].map((step) => {
          guard.push(Buffer.from(sequence(step)));
          return guard.knowsKeyboard(0) + guard.resume();
        });
        return steps;
      });
      screen.close();
      expect(late, JSON.stringify({ round, before, after })).toEqual(early);
    }
  });

  it("is asked for once and answered once, by the screen", async () => {
    const answers: string[] = [];
    const screen = new Screen({ ...SIZE, answer: (text) => void answers.push(text) }, 0);
    const asked = sequence("[?uESC[>5uESC[?uESC[?4mESC[>4;2mESC[?4mESC[?1049hESC[?u");
    await new Promise<void>((resolve) => screen.write(Buffer.from(asked), resolve));
    screen.close();
    expect(answers).toEqual(["[?0u", "[?5u", "[>4;0m", "[>4;2m", "[?0u"].map(sequence));
  });
});
