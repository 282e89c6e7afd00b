import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import { readLines } from "@clauderon/files";
import { auditLogFiles } from "@clauderon/protocol/proxy";

/** A whole line of the audit log: its file's name, its number there, from 1, and its text. */
export interface LogLine {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of the audit log in a state folder, oldest first: those of full files, which have a time in their names, then
 * those of the file that is written now. What follows the last line break is an unfinished line and is left out. FILE_UNREADABLE without a log.
 */
export async function* readAuditLog(state: string): AsyncGenerator<LogLine> {
  for (const file of logFiles(state)) yield* linesOf(state, file);
}

function logFiles(state: string): readonly string[] {
  const files = auditLogFiles(namesIn(state));
  if (files.length > 0) return files;
  throw new Fault("FILE_UNREADABLE", `There is no audit log in ${state}`, {
    hint: "Pass the folder that clauderon-proxy has as --state",
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

/** The whole lines of one file. */
export async function* linesOf(state: string, file: string): AsyncGenerator<LogLine> {
  const path = join(state, file);
  let number = 0;
  try {
    for await (const text of readLines(path)) yield { file, number: ++number, text };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function unreadable(path: string, cause: unknown): Fault {
  return new Fault("FILE_UNREADABLE", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
}
