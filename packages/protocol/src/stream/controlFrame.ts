import type { Frame } from "./frames.ts";
import type { ClientMessage, Refusal, RunnerMessage } from "./messages.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A message as the frame that carries it. */
export function controlFrame(channel: number, message: ClientMessage | RunnerMessage): Frame {
  return { channel, type: "control", bytes: encodeUtf8(JSON.stringify(message)) };
}

/** The end of a channel, and why when there is more to say than that it ended. */
export function closeFrame(channel: number, reason?: Refusal): Frame {
  return { channel, type: "close", bytes: encodeUtf8(reason === undefined ? "" : JSON.stringify({ reason })) };
}
