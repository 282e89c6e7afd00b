/** Cuts a stream of bytes into lines that end with LF, CR or CRLF; lines longer than `most` bytes are left out. */
export class ByteLines {
  readonly #most: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that these bytes end, without their line breaks. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let at = nextBreak(bytes, 0); at >= 0; at = nextBreak(bytes, start)) {
      const line = this.#end(bytes.subarray(start, at));
      if (line !== undefined && line.length > 0) lines.push(line);
      start = at + 1;
    }
    this.#keep(bytes.subarray(start));
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    // A line that is too long is counted and not kept.
    if (this.#length > this.#most) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part.slice());
  }

  #end(last: Uint8Array): Uint8Array | undefined {
    this.#keep(last);
    const parts = this.#parts;
    const length = this.#length;
    this.#parts = [];
    this.#length = 0;
    return length > this.#most ? undefined : joined(parts, length);
  }
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const LF = 0x0a;
const CR = 0x0d;

function nextBreak(bytes: Uint8Array, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const cr = bytes.subarray(from, lf < 0 ? bytes.length : lf).indexOf(CR);
  return cr < 0 ? lf : from + cr;
}
