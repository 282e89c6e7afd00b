import type { TerminalWindow } from "./terminalWindow.ts";

const [ESC, BELL] = ["\u001b", "\u0007"];
/** Messages beside the session. */
const TITLE = new RegExp(`${ESC}\\]0;[^${BELL}]*${BELL}`, "g");
const LINE = new RegExp(`0{20,}(\\d+)\\r+(?:\\n|${ESC}D)`, "g");

/** The numbers of the agent's numbered lines, each ended as the session or the terminal ends lines. */
export function numbersOf({ received }: TerminalWindow): readonly number[] {
  const plain = received.replaceAll(TITLE, "").replaceAll(BELL, "");
  return Array.from(plain.matchAll(LINE), ([, number]) => Number(number));
}
