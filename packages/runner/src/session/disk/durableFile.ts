import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Fault, messageOf } from "@clauderon/base";

/**
 * Writes a file that only its owner can read, so that after a crash of the machine it is there as a whole or not at all.
 * AGENT_UNAVAILABLE when the disk does not take it.
 */
export function writeDurably(path: string, text: string): void {
  try {
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    const folder = openSync(dirname(path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (cause) {
    throw new Fault("AGENT_UNAVAILABLE", `Cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "Make room on that disk, and try again",
    });
  }
}
