import { Fault, messageOf } from "@clauderon/base";
import { replaceFile } from "@clauderon/files";

/**
 * Writes a file that only its owner can read, so that after a crash of the machine it is there as a whole or not at all.
 * AGENT_UNAVAILABLE when the disk does not take it.
 */
export function writeDurably(path: string, text: string): void {
  try {
    replaceFile(path, text, { durable: true });
  } catch (cause) {
    throw new Fault("AGENT_UNAVAILABLE", `Cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "Free space on that disk and try again",
    });
  }
}
