import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Log, LogFields } from "@clauderon/base";

const DEFAULT_MAX_BYTES = 4_194_304;

/**
 * Lines of JSON in a file that only its owner can read. At the given size, the file is renamed to `<path>.1` and a new
 * one begins.
 */
export class FileLog implements Log {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number;
  #size: number;

  constructor(path: string, maxBytes = DEFAULT_MAX_BYTES) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#file = openSync(path, "a", 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  debug(): void {}

  info(message: string, fields?: LogFields): void {
    this.write("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write("error", message, fields);
  }

  with(fields: LogFields): Log {
    return withFields(this, fields);
  }

  close(): void {
    closeSync(this.#file);
  }

  write(level: string, message: string, fields: LogFields = {}): void {
    const line = Buffer.from(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
    try {
      if (this.#size + line.length > this.#maxBytes) this.#rotate();
      this.#size += writeSync(this.#file, line);
    } catch {
      // The disk is full: the daemon continues without its log.
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    closeSync(this.#file);
    this.#file = openSync(this.#path, "a", 0o600);
    this.#size = 0;
  }
}

function withFields(log: Log, fields: LogFields): Log {
  return {
    debug: (message, more) => log.debug(message, { ...fields, ...more }),
    info: (message, more) => log.info(message, { ...fields, ...more }),
    warn: (message, more) => log.warn(message, { ...fields, ...more }),
    error: (message, more) => log.error(message, { ...fields, ...more }),
    with: (more) => withFields(log, { ...fields, ...more }),
  };
}
