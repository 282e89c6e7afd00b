import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Fault } from "@clauderon/base";
import { readPlainFileEnd } from "@clauderon/files";
import { hashOfLine } from "@clauderon/protocol/proxy";

/** Longer than any line. */
const TAIL_BYTES = 65_536;

/** The end of a log: the hash of its last line, and the bytes of a line after it that was not written to its end. */
export interface LogEnd {
  readonly hash: string | undefined;
  readonly tornBytes: number;
}

/**
 * The end of the log at this path; when a new file has just begun, the hash is of the file before it. Throws a Fault when
 * the last whole line is not one of the log: the chain must not start again in silence.
 */
export function endOfLog(path: string): LogEnd {
  const { whole, tornBytes } = tailOf(path);
  if (whole !== "") return { hash: hashOf(path, whole), tornBytes };
  const rotated = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of rotated.toSorted().toReversed()) {
    const file = join(dirname(path), name);
    const { whole: older } = tailOf(file);
    if (older !== "") return { hash: hashOf(file, older), tornBytes };
  }
  return { hash: undefined, tornBytes };
}

/** The last whole line, without its end, and how many bytes follow it. */
function tailOf(file: string): { whole: string; tornBytes: number } {
  const tail = readPlainFileEnd(file, TAIL_BYTES) ?? Buffer.alloc(0);
  const end = tail.lastIndexOf("\n");
  const lines = tail.subarray(0, Math.max(0, end)).toString().split("\n");
  return { whole: lines.at(-1) ?? "", tornBytes: tail.length - end - 1 };
}

function hashOf(file: string, line: string): string {
  const found = hashOfLine(line);
  if (found !== undefined) return found.hash;
  throw new Fault(
    "CONFIG_INVALID",
    `The last line of the audit log ${file} is damaged, so its chain cannot be continued`,
    {
      hint: "Move the audit log aside for inspection, then start the proxy again",
    },
  );
}
