import { describe, expect, it } from "vitest";
import { TerminalFilter } from "./terminalFilter.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const ESC = "\u001b";

function filtered(text: string, chunkBytes = Number.POSITIVE_INFINITY): string {
  const filter = new TerminalFilter();
  const bytes = bytesOf(text);
  let shown = "";
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    shown += String.fromCharCode(...filter.push(bytes.subarray(at, at + chunkBytes)));
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(shown, (unit) => unit.charCodeAt(0)));
}

const SAFE = [
  "plain text, tabs\tand lines\r\n",
  "é ü 漢字 🦀 \u00a0¿",
  `${ESC}[1;38;2;10;20;30mcolour${ESC}[0m`,
  `${ESC}[2J${ESC}[H${ESC}[12;40H${ESC}[K`,
  `${ESC}[?25l${ESC}[?2004h${ESC}[?1049h${ESC}[?2026h`,
  `${ESC}7${ESC}8${ESC}(B${ESC}[s${ESC}[u${ESC}[!p${ESC}c`,
  `${ESC}[?3J${ESC}[1K${ESC}[2;5r${ESC}[4:3;58:2::1:2:3m${ESC}[3 q${ESC}[1;2$r${ESC})0${ESC}#8`,
  `${ESC}]8;;https://example.com/a?b=c\u0007link${ESC}]8;;\u0007`,
  `${ESC}]8;id=1;http://example.com${ESC}\\link${ESC}]8;;${ESC}\\`,
];

const UNSAFE: Readonly<Record<string, string>> = {
  "clipboard, ended by BEL": `${ESC}]52;c;aGk=\u0007`,
  "clipboard, ended by ST": `${ESC}]52;c;aGk=${ESC}\\`,
  "clipboard, ended by C1 ST": `${ESC}]52;c;aGk=\u009c`,
  title: `${ESC}]0;title\u0007`,
  "colour query": `${ESC}]11;?\u0007`,
  "a link to a file": `${ESC}]8;;file:///etc/passwd\u0007`,
  "device attributes": `${ESC}[c${ESC}[>c${ESC}[=0c${ESC}Z`,
  "device status": `${ESC}[6n${ESC}[?6n${ESC}[5n`,
  "mode query": `${ESC}[?2026$p`,
  version: `${ESC}[>q`,
  "window operations": `${ESC}[21t${ESC}[8;10;10t`,
  printing: `${ESC}[5i`,
  "keyboard protocols": `${ESC}[?u${ESC}[>1u${ESC}[>4;2m`,
  "modes that report": `${ESC}[?2031h${ESC}[?02031h${ESC}[?;2048h${ESC}[?2031:1h`,
  "modes that lock the keyboard or echo": `${ESC}[2h${ESC}[012h`,
  "a mode that changes the terminal's size": `${ESC}[?3h`,
  "saved modes that come back": `${ESC}[?1049s${ESC}[?1049r`,
  "requests for reports": `${ESC}[2;1$u${ESC}[?1;1;0S${ESC}[1;1;1;1#|${ESC}["v${ESC}['|${ESC}[1;1+p${ESC}[1'z`,
  "tracking of a highlight": `${ESC}[1;1;1;1;1T`,
  "malformed sequences": `${ESC}[3?J${ESC}[?1>h${ESC}[1 2q${ESC}[?2031 h`,
  "locks of memory and keyboard": `${ESC}l${ESC}\``,
  "device control": `${ESC}P$qm${ESC}\\`,
  "application and privacy strings": `${ESC}_Gi=1;AAAA${ESC}\\${ESC}^x${ESC}\\${ESC}Xy${ESC}\\`,
  "C1 controls in UTF-8": "\u009b\u0090\u009d\u0085",
  "another encoding": `${ESC}%@`,
  enquiry: "\u0005",
  "a string without an end that is too long": `${ESC}]0;${"x".repeat(10_000)}\u0007`,
};

describe("TerminalFilter", () => {
  it.each(SAFE)("passes %j unchanged, however it is split", (text) => {
    for (const size of [1, 2, 3, 1_000]) expect(filtered(text, size)).toBe(text);
  });

  it.each(Object.entries(UNSAFE))("removes %s", (_name, text) => {
    for (const size of [1, 2, 3, 100_000]) expect(filtered(`a${text}b`, size)).toBe("ab");
  });

  it("passes the known modes of a sequence, and drops the others", () => {
    expect(filtered(`a${ESC}[?25;2048;0001h${ESC}[4;2lb`)).toBe(`a${ESC}[?25;1h${ESC}[4lb`);
  });

  it("removes a string that another sequence ends, and keeps that sequence", () => {
    expect(filtered(`a${ESC}]52;c;aGk=${ESC}[1mb`)).toBe(`a${ESC}[1mb`);
  });

  it("reports the held part of an incomplete sequence", () => {
    const filter = new TerminalFilter();
    filter.push(bytesOf(`text${ESC}[3`));
    expect(filter.held).toEqual(bytesOf(`${ESC}[3`));
    filter.push(bytesOf("1m"));
    expect(filter.held).toHaveLength(0);
  });

  it("passes 2 MiB of text in one piece without a copy", () => {
    const text = new Uint8Array(2_097_152).fill(0x61);
    expect(new TerminalFilter().push(text)).toBe(text);
  });
});

const KEYBOARD = ["[>1u", "[>u", "[<u", "[<2u", "[=5;1u", "[>4;2m", "[>4m", "[>4n"].map((text) => ESC + text);

it.each(KEYBOARD)("TerminalFilter passes %j, which changes how keys are reported, only to a ScreenGuard", (text) => {
  expect(filtered(text)).toBe("");
  expect(new TerminalFilter("Kept").push(bytesOf(text))).toEqual(bytesOf(text));
});

it.each(["[?u", "[?4m", "[?4;1m", "[>2;1m", "[>m", "[>1;4m", "[>4f", "[?1u", "[>4;1$u"])(
  "TerminalFilter drops ESC %s, a question about the keyboard or another resource, also before a ScreenGuard",
  (text) => {
    expect(new TerminalFilter("Kept").push(bytesOf(ESC + text))).toEqual(bytesOf(""));
  },
);
