import { canonicalJson, parseJsonObject, sha256Hex } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "./auditRecord.ts";

/** What the first line of a log has in place of the hash of a line before it. */
export const AUDIT_BEGIN = "0".repeat(64);

/** A line of the log, and the hash by which the next line continues it. */
export interface ChainedLine {
  readonly line: string;
  readonly hash: string;
}

/**
 * The line for a record, without its line break. The hash covers the record and the hash of the line before, so that no
 * line can be changed, removed or put in between without changing every line after it. Lines removed at the end leave
 * no trace: who wants to prove that there are none keeps the last hash elsewhere.
 */
export function auditLine(previous: string, record: AuditRecord): ChainedLine {
  const content = { ...auditRecordSchema.parse(record), previous };
  const hash = sha256Hex(canonicalJson(content));
  return { line: canonicalJson({ ...content, hash }), hash };
}

/** The hash of a line that is whole in itself; undefined for any other, a changed one included. */
export function hashOfLine(line: string): { readonly hash: string; readonly previous: string } | undefined {
  const { hash, ...content } = parseJsonObject(line) ?? {};
  const { previous } = content;
  if (typeof hash !== "string" || typeof previous !== "string") return undefined;
  // The text itself must be canonical: a member written twice is read once, and would not be missed.
  const isUnchanged = sha256Hex(canonicalJson(content)) === hash && canonicalJson({ ...content, hash }) === line;
  return isUnchanged ? { hash, previous } : undefined;
}

/** What is wrong with a log, at its first wrong line, counted from 1. */
export interface AuditBreak {
  readonly line: number;
  readonly problem: "Changed" | "NotContinued";
}

/** Checks the lines of a log one after another, over several files when it was rotated. */
export class AuditVerifier {
  #previous: string | undefined;
  #lines = 0;
  #broken: AuditBreak | undefined;

  /** `previous` is the hash that the first line must continue; left out, it may continue any, as in a rotated file. */
  constructor(previous?: string) {
    this.#previous = previous;
  }

  /** The first break, once it was found: a line that was changed, or one that does not continue the line before it. */
  get broken(): AuditBreak | undefined {
    return this.#broken;
  }

  /** How many lines are in order, and the hash of the last of them. */
  get verified(): { readonly lines: number; readonly hash: string | undefined } {
    return { lines: this.#lines, hash: this.#previous };
  }

  add(line: string): void {
    if (this.#broken !== undefined) return;
    const found = hashOfLine(line);
    const continues = this.#previous === undefined || found?.previous === this.#previous;
    if (found !== undefined && continues) {
      this.#lines += 1;
      this.#previous = found.hash;
      return;
    }
    this.#broken = { line: this.#lines + 1, problem: found === undefined ? "Changed" : "NotContinued" };
  }
}
