import { Fault, messageOf } from "@clauderon/base";
import { replaceFile } from "@clauderon/files";

/**
 * Writes a file that only its owner can read. After a crash of the machine the file is either complete or missing.
 * AGENT_UNAVAILABLE when writing fails.
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
