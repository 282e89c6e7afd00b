import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { Figures } from "./figures.ts";

/** An agent whose terminal echoes immediately, whatever the agent does. */
export const ECHO_AGENT = join(import.meta.dirname, "echoAgent.sh");

const [WARM_UP, KEYS] = [20, 300];
/** No user types faster, and the previous key is processed by then. */
const PAUSE_MS = 5;
/** A terminal in canonical mode takes no more than 4096 bytes in a line. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Types letters one by one; what each took until it was printed. */
export async function timeKeys(
  label: string,
  terminal: { echo(text: string): Promise<unknown> },
): Promise<Figures & { readonly unit: "ms" }> {
  const values: number[] = [];
  for (let key = 0; key < WARM_UP + KEYS; key += 1) {
    const begin = performance.now();
    await terminal.echo(LETTERS[key % LETTERS.length] ?? "");
    values.push(performance.now() - begin);
    await sleep(PAUSE_MS);
  }
  return { label, unit: "ms", values: values.slice(WARM_UP) };
}
