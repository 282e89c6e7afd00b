import type { Frame } from "./frames.ts";
import type { ClientMessage, Refusal, RunnerMessage } from "./messages.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A message as the frame that carries it. */
export function controlFrame(channel: number, message: ClientMessage | RunnerMessage): Frame {
  return { channel, type: "control", bytes: encodeUtf8(JSON.stringify(message)) };
}

/** The frame that ends a channel, with the reason if there is one. */
export function closeFrame(channel: number, reason?: Refusal): Frame {
  return { channel, type: "close", bytes: encodeUtf8(reason === undefined ? "" : JSON.stringify({ reason })) };
}
