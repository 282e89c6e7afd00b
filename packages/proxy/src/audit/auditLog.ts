import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Log, messageOf } from "@clauderon/base";
import { AUDIT_BEGIN, auditLine, type AuditRecord } from "@clauderon/protocol/proxy";
import { endOfLog } from "./endOfLog.ts";

export interface AuditLogOptions {
  readonly path: string;
  /** The size at which a new file begins; the old one is renamed to `<path>.<time>`. */
  readonly maxBytes: number;
  /** How many older files are kept; undefined for all. */
  readonly keep?: number | undefined;
  /** Gets each line after it was written to the file. */
  readonly print?: ((line: string) => void) | undefined;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * The audit log: a file of JSON lines, each with the hash of the one before, across files. Lines are written at once and in
 * order. While they cannot be written, `works` is false.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #file: number;
  #size: number;
  #hash: string;
  #works = true;

  /** Throws a Fault when the last line of the file is not one of ours. */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    const { hash, tornBytes } = endOfLog(options.path);
    this.#hash = hash ?? AUDIT_BEGIN;
    this.#file = openSync(options.path, "a", 0o600);
    this.#size = fstatSync(this.#file).size - tornBytes;
    if (tornBytes === 0) return;
    options.log.warn("The last line of the audit log was not written to its end; it is removed", { bytes: tornBytes });
    ftruncateSync(this.#file, this.#size);
  }

  /** Whether the last line was written. Asked when it was not, it tries again, with a line that says so. */
  get works(): boolean {
    if (!this.#works)
      this.write({ time: new Date(this.#options.now()).toISOString(), method: "", status: 0, reason: "AuditResumed" });
    return this.#works;
  }

  write(record: AuditRecord): void {
    try {
      const { line, hash } = auditLine(this.#hash, record);
      if (this.#size >= this.#options.maxBytes) this.#rotate();
      this.#append(Buffer.from(`${line}\n`));
      this.#options.print?.(`${line}\n`);
      this.#hash = hash;
      this.#works = true;
    } catch (thrown) {
      if (this.#works)
        this.#options.log.error("Cannot write the audit log; nothing passes until it can be written", {
          error: messageOf(thrown),
        });
      this.#works = false;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Writes a whole line or, as far as the disk lets us, none of it. */
  #append(bytes: Buffer): void {
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#file, bytes, at);
    } catch (thrown) {
      ftruncateSync(this.#file, this.#size);
      throw thrown;
    }
    this.#size += bytes.length;
  }

  #rotate(): void {
    const { path, now } = this.#options;
    let older = `${path}.${new Date(now()).toISOString().replaceAll(":", "")}`;
    // Sorted behind the one that was made in the same millisecond.
    while (existsSync(older)) older += "+";
    renameSync(path, older);
    closeSync(this.#file);
    this.#file = openSync(path, "a", 0o600);
    this.#size = 0;
    this.#removeOldest();
  }

  #removeOldest(): void {
    const { path, keep } = this.#options;
    if (keep === undefined) return;
    const older = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`));
    for (const name of older.toSorted().slice(0, -keep)) rmSync(join(dirname(path), name), { force: true });
  }
}
