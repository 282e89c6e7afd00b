import { expect, it } from "vitest";
import { ScreenGuard } from "./screenGuard.ts";

const guarded = (guard: ScreenGuard, text: string) =>
  Buffer.from(guard.push(new Uint8Array(Buffer.from(text)))).toString();

it("ScreenGuard passes text, colours and the alternate screen unchanged", () => {
  const text = "zażółć \u001b[1mbold\u001b[0m \u001b[2J\u001b[H\u001b[?1049hx\u001b[?1049l\u001b[?25;2004l";
  expect(guarded(new ScreenGuard(), text)).toBe(text);
});

it("ScreenGuard keeps the lines above the screen", () => {
  expect(guarded(new ScreenGuard(), "a\u001b[2J\u001b[3J\u001b[Hb")).toBe("a\u001b[2J\u001b[Hb");
  const reset = guarded(new ScreenGuard(), "\u001b[?1049l\u001bc\u001b[3Jx");
  expect(reset).not.toContain("\u001bc");
  expect(reset).not.toContain("1049");
  expect(reset.endsWith("\u001b[H\u001b[2Jx")).toBe(true);
});

it.each(["[03J", "[?3J", "[3;0J", "[;3J", "[3:1J"])(
  "ScreenGuard keeps the lines above the screen from ESC %s",
  (sequence) => {
    expect(guarded(new ScreenGuard(), `a\u001b${sequence}b`)).toBe("ab");
  },
);

it.each(["[?01049h", "[?1049:1h", "[?25;047h"])(
  "ScreenGuard recognizes that ESC %s shows the alternate screen",
  (sequence) => {
    const guard = new ScreenGuard();
    guarded(guard, `\u001b${sequence}`);
    expect(guard.leave().startsWith("\u001b[?1049l")).toBe(true);
  },
);

it("ScreenGuard restores the usual setting of every mode that it passes", () => {
  const left = new ScreenGuard().leave();
  for (const mode of [1, 5, 6, 12, 69, 1000, 1016, 2004, 2026]) expect(left).toContain(`\u001b[?${mode}l`);
  for (const mode of [7, 25]) expect(left).toContain(`\u001b[?${mode}h`);
  expect(left).toContain("\u001b[20l");
});

it("ScreenGuard returns from the alternate screen, on a reset and at the end", () => {
  const guard = new ScreenGuard();
  guarded(guard, "\u001b[?1049h");
  expect(guard.leave().startsWith("\u001b[?1049l")).toBe(true);
  expect(guarded(guard, "\u001bc").startsWith("\u001b[?1049l")).toBe(true);
  expect(guard.leave()).not.toContain("1049");
  expect(guard.leave()).toContain("\u001b[?2004l");
});

it("ScreenGuard makes a line feed alone go one line down, whatever the terminal adds to line feeds", () => {
  expect(guarded(new ScreenGuard(), "a\r\nb\nc\r\n")).toBe("a\r\nb\u001bDc\r\n");
  const guard = new ScreenGuard();
  expect(guarded(guard, "a\r") + guarded(guard, "\nb")).toBe("a\r\u001bDb");
});

const [PUSH, OTHER_KEYS] = ["\u001b[>5u", "\u001b[>4;2m"];

it("ScreenGuard keeps the keyboard flags from a terminal that has not said that it knows them", () => {
  const guard = new ScreenGuard();
  expect(guarded(guard, `a${PUSH}b\u001b[=1;1u\u001b[<u\u001b[?1049hc`)).toBe("ab\u001b[?1049hc");
  expect([guard.leave(), guard.resume()].join("")).not.toMatch(/u/);
});

it("ScreenGuard gives a terminal the flags in effect, on each screen, and at the end those that it had before", () => {
  const guard = new ScreenGuard();
  expect(guarded(guard, PUSH)).toBe("");
  expect(guard.knowsKeyboard(3)).toBe("\u001b[=5;1u");
  expect(guarded(guard, "\u001b[>1u\u001b[=8;2u\u001b[=1;3u")).toBe("\u001b[=1;1u\u001b[=9;1u\u001b[=8;1u");
  expect(guarded(guard, "\u001b[?1049h\u001b[>31u")).toBe("\u001b[?1049h\u001b[=0;1u\u001b[=31;1u");
  expect(guard.leave().startsWith("\u001b[=0;1u\u001b[?1049l\u001b[=3;1u")).toBe(true);
  expect(guarded(guard, "\u001b[?1049l\u001b[<u\u001b[<9u")).toBe("\u001b[?1049l\u001b[=8;1u\u001b[=5;1u\u001b[=0;1u");
  expect(guarded(guard, `${PUSH}\u001bc`)).toContain("\u001b[=5;1u\u001b[=0;1u");
});

it("ScreenGuard passes modifyOtherKeys, and takes it back at a reset and at the end only if it was set", () => {
  expect(new ScreenGuard().leave()).not.toContain("\u001b[>4");
  const guard = new ScreenGuard();
  expect(guarded(guard, OTHER_KEYS)).toBe(OTHER_KEYS);
  expect(guard.resume()).toBe(OTHER_KEYS);
  expect(guard.leave()).toContain("\u001b[>4m");
  expect(guarded(guard, "\u001bc")).toContain("\u001b[>4m");
  expect(guarded(guard, `${OTHER_KEYS}\u001b[>4n`)).toBe(`${OTHER_KEYS}\u001b[>4m`);
});
