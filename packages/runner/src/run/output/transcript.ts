import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
import { messageOf } from "@clauderon/base";
import type { Journal } from "./journal.ts";

/** The most that a transcript holds. The rest is dropped, and the log reports it. */
const MAX_BYTES = 268_435_456;

/**
 * The agent's output, line by line, in a file that only its owner can read. A full disk ends the transcript, never the
 * run.
 */
export class Transcript {
  readonly #stream: WriteStream;
  readonly #journal: Journal;
  #bytes = 0;
  #isOpen = true;

  private constructor(stream: WriteStream, journal: Journal) {
    this.#stream = stream;
    this.#journal = journal;
    stream.on("error", (cause) => this.#close(messageOf(cause)));
  }

  static async create(file: string, journal: Journal): Promise<Transcript> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(file, { force: true });
    return new Transcript(createWriteStream(file, { mode: 0o600, flags: "wx" }), journal);
  }

  async write(line: string): Promise<void> {
    if (!this.#isOpen) return;
    this.#bytes += line.length + 1;
    if (this.#bytes > MAX_BYTES) return this.#close(`it has reached ${MAX_BYTES} bytes`);
    if (!this.#stream.write(`${line}\n`)) await once(this.#stream, "drain").catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
  }

  #close(why: string): void {
    if (this.#isOpen) this.#journal.line("runner", `The transcript ends here: ${why}`);
    this.#isOpen = false;
  }
}
