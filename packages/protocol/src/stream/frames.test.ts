import { describe, expect, it } from "vitest";
import { encodeFrame, type Frame, FrameDecoder, FrameError } from "./frames.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const FRAMES: readonly Frame[] = [
  { channel: 0, type: "control", bytes: bytes('{"type":"start","id":1}') },
  { channel: 7, type: "data", bytes: bytes("\u0003") },
  { channel: 7, type: "data", bytes: bytes("") },
  { channel: 4_294_967_295, type: "output", offset: Number.MAX_SAFE_INTEGER, bytes: bytes("zażółć\u001b[2J") },
  { channel: 1, type: "snapshot", offset: 0, bytes: bytes("") },
  { channel: 1, type: "window", credit: 4_294_967_295 },
  { channel: 2, type: "end" },
  { channel: 2, type: "close", bytes: bytes("") },
];
const WIRE = new Uint8Array(Buffer.concat(FRAMES.map(encodeFrame)));
/** Their bytes as plain arrays: where in memory they lie says nothing. */
const plain = (frames: readonly Frame[]) =>
  frames.map((frame) => ("bytes" in frame ? { ...frame, bytes: [...frame.bytes] } : frame));
const decode = (...pieces: readonly Uint8Array[]): readonly Frame[] => {
  const decoder = new FrameDecoder();
  return pieces.flatMap((piece) => decoder.push(piece));
};

describe("FrameDecoder", () => {
  it("decodes what was encoded, however it was split", () => {
    for (let size = 1; size <= WIRE.length; size++) {
      const starts = Array.from({ length: Math.ceil(WIRE.length / size) }, (_, index) => index * size);
      expect(plain(decode(...starts.map((start) => WIRE.slice(start, start + size))))).toEqual(plain(FRAMES));
    }
  });

  it("knows whether the stream was cut within a frame", () => {
    const decoder = new FrameDecoder();
    decoder.push(WIRE.slice(0, -1));
    expect(decoder.isBetweenFrames).toBe(false);
    decoder.push(WIRE.slice(-1));
    expect(decoder.isBetweenFrames).toBe(true);
  });

  it("accepts the largest frame, in one piece and in many", () => {
    const frame: Frame = { channel: 1, type: "output", offset: 5, bytes: new Uint8Array(MAX_FRAME_BYTES).fill(7) };
    const wire = encodeFrame(frame);
    for (const pieces of [[wire], [wire.slice(0, 10), wire.slice(10, 500_000), wire.slice(500_000)]]) {
      const [decoded] = decode(...pieces);
      expect(decoded).toMatchObject({ type: "output", offset: 5 });
      expect(Buffer.from((decoded as typeof frame).bytes).equals(frame.bytes)).toBe(true);
    }
  });

  it.each([
    ["a length beyond any frame", [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 1], /type data cannot be 4294967299 bytes long/],
    ["a length too short for a head", [0, 0, 0, 4, 0, 0, 0, 1, 1], /type data cannot be 8 bytes long/],
    ["an unknown type", [0, 0, 0, 5, 0, 0, 0, 1, 9], /no frame of type 9/],
    ["output without an offset", [0, 0, 0, 9, 0, 0, 0, 1, 2], /type output cannot be 13 bytes long/],
    ["an offset that counts no bytes", [0, 0, 0, 13, 0, 0, 0, 1, 3, ...Array<number>(8).fill(255)], /offset cannot be/],
    ["a window without credit", [0, 0, 0, 6, 0, 0, 0, 1, 4], /type window cannot be 10 bytes long/],
    ["an end with more", [0, 0, 0, 6, 0, 0, 0, 1, 5], /type end cannot be 10 bytes long/],
  ])("refuses %s by its header, and everything after it", (_, wire, message) => {
    const decoder = new FrameDecoder();
    expect(() => decoder.push(new Uint8Array(wire))).toThrow(message);
    expect(() => decoder.push(WIRE)).toThrow(FrameError);
  });

  it("accepts control messages up to the given length", () => {
    const message: Frame = { channel: 0, type: "control", bytes: new Uint8Array(11) };
    expect(() => new FrameDecoder({ maxControlBytes: 10 }).push(encodeFrame(message))).toThrow(FrameError);
    expect(new FrameDecoder({ maxControlBytes: 11 }).push(encodeFrame(message))).toHaveLength(1);
  });
});

describe("encodeFrame", () => {
  it.each([
    ["channel", { channel: -1, type: "end" }],
    ["channel", { channel: 2 ** 32, type: "end" }],
    ["credit", { channel: 1, type: "window", credit: 2 ** 32 }],
    ["offset", { channel: 1, type: "output", offset: 2 ** 53, bytes: new Uint8Array(0) }],
  ] as const)("refuses a %s that does not fit", (what, frame) => {
    expect(() => encodeFrame(frame)).toThrow(`A frame's ${what} cannot be`);
  });
});
