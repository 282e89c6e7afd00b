import { watch } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_LOG } from "@clauderon/protocol/proxy";
import { linesOf, type LogLine, unreadable } from "./readAuditLog.ts";

/** How often the log is looked at where the file system reports no changes. */
const LOOK_MS = 1_000;
const CHUNK_BYTES = 65_536;

/**
 * The lines of the audit log in a state folder, oldest first, then each new one as soon as it is written, without end. A
 * full file that the proxy renames is read to its end before the next one. FILE_UNREADABLE without a log.
 */
export async function* followAuditLog(state: string): AsyncGenerator<LogLine> {
  let before: bigint | undefined;
  for (;;) {
    const file = await openLog(state, before === undefined);
    try {
      const { ino } = await file.stat({ bigint: true });
      for (const name of await filesBetween(state, before, ino)) yield* linesOf(state, name);
      yield* growing(state, file, ino);
      before = ino;
    } finally {
      await file.close();
    }
  }
}

/** The file that is written now. Between two files there is none for a moment. */
async function openLog(state: string, isFirst: boolean): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(join(state, AUDIT_LOG));
    } catch (cause) {
      if (isFirst || (cause as NodeJS.ErrnoException).code !== "ENOENT")
        throw unreadable(join(state, AUDIT_LOG), cause);
      await sleep(LOOK_MS / 10);
    }
  }
}

/** The full files after the one with the number `before`, or all, and before the one with the number `current`, which may be full by now. */
async function filesBetween(state: string, before: bigint | undefined, current: bigint): Promise<readonly string[]> {
  const names = (await readdir(state)).filter((name) => name.startsWith(`${AUDIT_LOG}.`)).toSorted();
  const numbers = await Promise.all(names.map((name) => numberOf(join(state, name))));
  const begin = before === undefined ? 0 : numbers.indexOf(before) + 1;
  const end = numbers.indexOf(current);
  return names.slice(begin, end === -1 ? undefined : end);
}

/** The lines of an open file until it has another name. */
async function* growing(state: string, file: FileHandle, own: bigint): AsyncGenerator<LogLine> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for (;;) {
    // Asked first: what was written to it before it was renamed is then there.
    const isFull = (await numberOf(join(state, AUDIT_LOG))) !== own;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      const lines = splitLines(Buffer.concat([rest, buffer.subarray(0, bytesRead)]));
      rest = lines.pop() ?? Buffer.alloc(0);
      for (const line of lines) yield { file: AUDIT_LOG, number: ++number, text: line.toString() };
    }
    if (isFull) return;
    await changed(state);
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let begin = 0;
  for (let end = bytes.indexOf("\n"); end !== -1; end = bytes.indexOf("\n", begin)) {
    lines.push(bytes.subarray(begin, end));
    begin = end + 1;
  }
  return [...lines, bytes.subarray(begin)];
}

const numberOf = async (path: string): Promise<bigint | undefined> =>
  (await stat(path, { bigint: true }).catch(() => undefined))?.ino;

/** Resolves at the next change in the folder, and after a while in any case. */
async function changed(folder: string): Promise<void> {
  const late = new AbortController();
  const seen = Promise.withResolvers<void>();
  const watcher = watch(folder, () => seen.resolve());
  watcher.once("error", () => undefined);
  await Promise.race([seen.promise, sleep(LOOK_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  watcher.close();
}
