import { encodeFrame } from "@clauderon/protocol/wire";

const EMPTY = new Uint8Array(0);

/** What stands before the payload of a frame of data, so that the payload itself need not be copied. */
export function dataHead(channel: number, bytes: number): Uint8Array {
  const head = encodeFrame({ channel, type: "data", bytes: EMPTY });
  const view = new DataView(head.buffer);
  view.setUint32(0, view.getUint32(0) + bytes);
  return head;
}
