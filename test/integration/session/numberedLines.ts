import type { TerminalWindow } from "./terminalWindow.ts";

const [ESC, BELL] = ["\u001b", "\u0007"];
/** What is told beside the session. */
const TITLE = new RegExp(`${ESC}\\]0;[^${BELL}]*${BELL}`, "g");
const LINE = new RegExp(`0{20,}(\\d+)\\r+(?:\\n|${ESC}D)`, "g");

/** The numbers of the agent's numbered lines, each ended as the session ended it or as the terminal is told to. */
export function numbersOf({ received }: TerminalWindow): readonly number[] {
  const plain = received.replaceAll(TITLE, "").replaceAll(BELL, "");
  return Array.from(plain.matchAll(LINE), ([, number]) => Number(number));
}
