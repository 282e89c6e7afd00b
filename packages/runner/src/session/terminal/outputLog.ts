import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync, writeSync } from "node:fs";
import { makeFolder, moveAside, openPlainFile } from "@clauderon/files";
import { RUNNER_OUTPUT_FILE } from "@clauderon/protocol";

/** How many files the log is split into; the oldest one is dropped as a whole. */
const SEGMENTS = 8;

/** Longer files are not ours, whatever limit they were written with. */
const MAX_SEGMENT_BYTES = 1_073_741_824;

interface Segment {
  readonly path: string;
  /** Offset of its first byte, counted from the start of the session. */
  readonly start: number;
  readonly file: number;
  size: number;
}

/**
 * The terminal's output, with offsets counted from the session's first byte; its last `maxBytes` are on disk. Offsets
 * continue after a restart of the runner. When the disk is full, old output is lost, but the agent continues.
 */
export class OutputLog {
  readonly #folder: string;
  readonly #segmentBytes: number;
  #segments: Segment[] = [];
  #end = 0;

  /** Opens the log in this folder, which it makes if needed. */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#segmentBytes = Math.ceil(maxBytes / SEGMENTS);
    makeFolder(folder);
    for (const name of readdirSync(folder).toSorted()) {
      const start = Number(RUNNER_OUTPUT_FILE.exec(name)?.[1] ?? Number.NaN);
      if (!Number.isNaN(start)) this.#adopt(name, start);
    }
  }

  /** The oldest offset that can still be read. */
  get start(): number {
    return this.#segments[0]?.start ?? this.#end;
  }

  /** The offset of the next byte. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    const end = this.#end + bytes.length;
    try {
      for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.#write(rest));
    } catch {
      this.#forget();
    }
    this.#end = end;
  }

  /** At most `maxBytes` from this offset; undefined when they are no longer kept. */
  read(offset: number, maxBytes: number): Uint8Array | undefined {
    const segment = this.#segments.findLast(({ start }) => start <= offset);
    if (segment === undefined) return undefined;
    const size = Math.min(maxBytes, segment.start + segment.size - offset);
    if (size <= 0) return undefined;
    const bytes = new Uint8Array(size);
    return bytes.subarray(0, readSync(segment.file, bytes, 0, size, offset - segment.start));
  }

  close(): void {
    for (const { file } of this.#segments) closeSync(file);
    this.#segments = [];
  }

  #adopt(name: string, start: number): void {
    const path = `${this.#folder}/${name}`;
    const file = openPlainFile(path, constants.O_RDWR | constants.O_APPEND);
    if (file === undefined) return;
    const { size } = fstatSync(file);
    // The agent may have made or changed the file: that can only spoil the output of its own terminal.
    if (size > MAX_SEGMENT_BYTES || !Number.isSafeInteger(start + size)) return closeSync(file);
    // After a gap, only the later output is certain to be in order.
    if (start !== this.#end) this.#forget();
    this.#segments.push({ path, start, file, size });
    this.#end = start + size;
  }

  #write(bytes: Uint8Array): number {
    let last = this.#segments.at(-1);
    if (last === undefined || last.size >= this.#segmentBytes) {
      const path = `${this.#folder}/${String(this.#end).padStart(16, "0")}.log`;
      last = { path, start: this.#end, file: newLog(path), size: 0 };
      this.#segments.push(last);
      while (this.#segments.length > SEGMENTS) this.#drop(this.#segments.shift());
    }
    const written = writeSync(last.file, bytes, 0, Math.min(bytes.length, this.#segmentBytes - last.size));
    last.size += written;
    this.#end += written;
    return written;
  }

  #forget(): void {
    for (const segment of this.#segments) this.#drop(segment);
    this.#segments = [];
  }

  #drop(segment: Segment | undefined): void {
    if (segment === undefined) return;
    closeSync(segment.file);
    try {
      rmSync(segment.path, { force: true, recursive: true });
    } catch {
      // The disk failed; the next reader of the folder sees a gap here.
    }
  }
}

/** A new file; anything that already has its name, such as a pipe, is moved aside. */
function newLog(path: string): number {
  moveAside(path);
  return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND, 0o600);
}
