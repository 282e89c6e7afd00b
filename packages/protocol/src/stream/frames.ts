import { MAX_FRAME_BYTES } from "./limits.ts";

/**
 * The frames between a runner and its clients: u32 length of the rest, u32 channel, u8 type, payload; all numbers
 * big-endian. Channel 0 is the connection itself; a client opens another one with a control message on a new number.
 */
export type Frame = { readonly channel: number } & (
  | { readonly type: "control"; readonly bytes: Uint8Array }
  /** git's bytes in both directions, and what the user types into a terminal. */
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** Terminal output; `offset` is that of its first byte, counted from the start of the session. */
  | { readonly type: "output"; readonly offset: number; readonly bytes: Uint8Array }
  /** Bytes that draw the screen at `offset` on a terminal that was reset. */
  | { readonly type: "snapshot"; readonly offset: number; readonly bytes: Uint8Array }
  /** The sender accepts this many more bytes of `data`, `output` and `snapshot` on this channel. */
  | { readonly type: "window"; readonly credit: number }
  /** No more data from this side. */
  | { readonly type: "end" }
  /** The channel has ended; `readClose` reads why. */
  | { readonly type: "close"; readonly bytes: Uint8Array }
);

/** The received bytes are not a valid frame; the connection must end. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FrameError";
  }
}

const TYPES = ["control", "data", "output", "snapshot", "window", "end", "close"] as const;
type FrameType = (typeof TYPES)[number];

/** Length, channel, type. */
const HEAD_BYTES = 9;
const OFFSET_BYTES = 8;
/** Nearly all frames are shorter than this. */
const USUAL_BYTES = 131_072;
const U32 = 0xffff_ffff;

/** Bytes of each type before its payload of variable length; `window` and `end` have only these. */
const FIXED_BYTES: Readonly<Record<FrameType, number>> = {
  control: 0,
  data: 0,
  output: OFFSET_BYTES,
  snapshot: OFFSET_BYTES,
  window: 4,
  end: 0,
  close: 0,
};

/** The bytes of a frame; a FrameError when a part of it cannot be written. */
export function encodeFrame(frame: Frame): Uint8Array {
  const payload = payloadOf(frame);
  const encoded = new Uint8Array(HEAD_BYTES + FIXED_BYTES[frame.type] + payload.length);
  writeHead(encoded, frame);
  encoded.set(payload, encoded.length - payload.length);
  return encoded;
}

/** The bytes of a frame before its payload, so that a large payload can be sent without a copy. */
export function encodeHead(frame: Frame): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES + FIXED_BYTES[frame.type]);
  writeHead(head, frame);
  return head;
}

const EMPTY = new Uint8Array(0);

/** The part of a frame that has variable length. */
export function payloadOf(frame: Frame): Uint8Array {
  return "bytes" in frame ? frame.bytes : EMPTY;
}

function writeHead(head: Uint8Array, frame: Frame): void {
  const view = new DataView(head.buffer);
  view.setUint32(0, HEAD_BYTES - 4 + FIXED_BYTES[frame.type] + payloadOf(frame).length);
  view.setUint32(4, u32(frame.channel, "channel"));
  view.setUint8(8, TYPES.indexOf(frame.type));
  if ("offset" in frame) view.setBigUint64(HEAD_BYTES, BigInt(safe(frame.offset)));
  if (frame.type === "window") view.setUint32(HEAD_BYTES, u32(frame.credit, "credit"));
}

export interface FrameDecoderOptions {
  /** The longest control message that is accepted; defaults to MAX_FRAME_BYTES. */
  readonly maxControlBytes?: number;
}

/**
 * Finds the frames in a stream of bytes, however the stream is split.
 *
 * A length that is too great, or too small for its type, and an unknown type are refused as soon as the head is
 * complete, before any memory is allocated. After a FrameError each further call throws it again. Payloads may share
 * memory with the pushed chunks.
 */
export class FrameDecoder {
  readonly #maxControlBytes: number;
  #held = new Uint8Array(0);
  #size = 0;
  #failed: FrameError | undefined;

  constructor(options: FrameDecoderOptions = {}) {
    this.#maxControlBytes = options.maxControlBytes ?? MAX_FRAME_BYTES;
  }

  /** Whether the stream could end here without cutting a frame. */
  get isBetweenFrames(): boolean {
    return this.#size === 0;
  }

  /** The frames that this chunk completes. */
  push(chunk: Uint8Array): readonly Frame[] {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      return this.#take(chunk);
    } catch (thrown) {
      if (thrown instanceof FrameError) this.#failed = thrown;
      throw thrown;
    }
  }

  #take(chunk: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      const whole = this.#size === 0 ? this.#lengthOf(rest) : undefined;
      if (whole !== undefined && whole <= rest.length) {
        frames.push(decode(rest.subarray(0, whole)));
        rest = rest.subarray(whole);
      } else {
        rest = rest.subarray(this.#hold(rest));
        if (this.#size === this.#lengthOf(this.#heldBytes())) frames.push(this.#release());
      }
    }
    return frames;
  }

  #heldBytes(): Uint8Array {
    return this.#held.subarray(0, this.#size);
  }

  /** Keeps the bytes that belong to the current frame, and returns their number. */
  #hold(bytes: Uint8Array): number {
    const wanted = this.#lengthOf(this.#heldBytes()) ?? HEAD_BYTES;
    const taken = bytes.subarray(0, wanted - this.#size);
    const size = this.#size + taken.length;
    if (size > this.#held.length) {
      // Grows with the bytes received, not with the announced length, except for frames of the usual size, which are
      // copied once.
      const grown = new Uint8Array(Math.min(wanted, Math.max(size, 2 * this.#held.length, USUAL_BYTES)));
      grown.set(this.#heldBytes());
      this.#held = grown;
    }
    this.#held.set(taken, this.#size);
    this.#size = size;
    return taken.length;
  }

  #release(): Frame {
    const frame = decode(this.#heldBytes());
    this.#held = new Uint8Array(0);
    this.#size = 0;
    return frame;
  }

  /** Bytes of the whole frame that begins here; undefined while its head is not complete. */
  #lengthOf(bytes: Uint8Array): number | undefined {
    if (bytes.length < HEAD_BYTES) return undefined;
    const length = viewOf(bytes).getUint32(0) + 4;
    const type = typeOf(bytes);
    const payload = length - HEAD_BYTES - FIXED_BYTES[type];
    if (payload < 0 || payload > this.#maxPayload(type)) {
      throw new FrameError(`A frame of type ${type} cannot be ${length} bytes long`);
    }
    return length;
  }

  #maxPayload(type: FrameType): number {
    if (type === "window" || type === "end") return 0;
    return type === "control" ? this.#maxControlBytes : MAX_FRAME_BYTES;
  }
}

function decode(bytes: Uint8Array): Frame {
  const view = viewOf(bytes);
  const channel = view.getUint32(4);
  const type = typeOf(bytes);
  const payload = bytes.subarray(HEAD_BYTES + FIXED_BYTES[type]);
  if (type === "end") return { channel, type };
  if (type === "window") return { channel, type, credit: view.getUint32(HEAD_BYTES) };
  if (type === "output" || type === "snapshot") {
    return { channel, type, offset: safe(Number(view.getBigUint64(HEAD_BYTES))), bytes: payload };
  }
  return { channel, type, bytes: payload };
}

function typeOf(bytes: Uint8Array): FrameType {
  const type = TYPES[bytes[8] ?? -1];
  if (type === undefined) throw new FrameError(`There is no frame of type ${bytes[8]}`);
  return type;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function u32(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= U32) return value;
  throw new FrameError(`A frame's ${what} cannot be ${value}`);
}

function safe(offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new FrameError(`A frame's offset cannot be ${offset}`);
}
