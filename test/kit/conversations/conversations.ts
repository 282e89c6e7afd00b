import { readFileSync } from "node:fs";
import { type Frame, FrameDecoder } from "../../../packages/protocol/src/stream/frames.ts";

/** What runners and clients of one version said to each other. */
export interface Conversation {
  readonly name: string;
  readonly runner: readonly Frame[];
  readonly client: readonly Frame[];
}

/**
 * Recorded as the bytes on the socket: the last version before the rule for versions, 0.1.0, and the first one with it, which
 * names the oldest version that it understands.
 */
export const CONVERSATIONS: readonly Conversation[] = ["version1", "version1Oldest"].map((name) => {
  const text = readFileSync(new URL(`${name}.json`, import.meta.url), "utf8");
  const { runner, client } = JSON.parse(text) as { readonly runner: string; readonly client: string };
  return { name, runner: framesOf(runner), client: framesOf(client) };
});

function framesOf(base64: string): readonly Frame[] {
  return new FrameDecoder().push(new Uint8Array(Buffer.from(base64, "base64")));
}

/** A message of any kind, as a frame. */
export const said = (channel: number, message: object): Frame => ({
  channel,
  type: "control",
  bytes: new Uint8Array(Buffer.from(JSON.stringify(message))),
});

/** The type of a control message, with its members; nothing for another frame. */
export const membersOf = (frame: Frame): Readonly<Record<string, unknown>> =>
  frame.type === "control" ? (JSON.parse(Buffer.from(frame.bytes).toString()) as Record<string, unknown>) : {};

/** The frames as a later version might send them: with members that nobody knows, and messages between them. */
export function ofLaterVersion(frames: readonly Frame[]): readonly Frame[] {
  return frames.flatMap((frame) => {
    if (frame.type !== "control") return [frame];
    const message = membersOf(frame);
    const more = message["type"] === "hello" ? { version: 2, oldest: 1 } : {};
    return [
      said(frame.channel, { ...message, ...more, later: { things: [1] } }),
      said(frame.channel, { type: "later" }),
    ];
  });
}
