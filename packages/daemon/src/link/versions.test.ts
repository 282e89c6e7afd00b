import { readFileSync } from "node:fs";
import { duplexPair } from "node:stream";
import {
  type ClientControl,
  encodeFrame,
  type Frame,
  FrameDecoder,
  readClientMessage,
  type RunnerStatus,
} from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { LinkConnection } from "./linkConnection.ts";

/** What the runner of version 0.1.0 and a client of its daemon said to each other, as the bytes on the socket. */
const RECORDED = JSON.parse(
  readFileSync(new URL("../../../../test/kit/conversations/version1.json", import.meta.url), "utf8"),
) as { readonly runner: string; readonly client: string };

const framesOf = (base64: string) => new FrameDecoder().push(new Uint8Array(Buffer.from(base64, "base64")));

const said = (channel: number, message: object): Frame => ({
  channel,
  type: "control",
  bytes: new Uint8Array(Buffer.from(JSON.stringify(message))),
});

/** The frames as a later version might send them: with members that nobody knows, and messages between them. */
function ofLaterVersion(frames: readonly Frame[]): readonly Frame[] {
  return frames.flatMap((frame) => {
    if (frame.type !== "control") return [frame];
    const message = JSON.parse(Buffer.from(frame.bytes).toString()) as Record<string, unknown>;
    const more = message["type"] === "hello" ? { version: 2, oldest: 1 } : {};
    return [
      said(frame.channel, { ...message, ...more, later: { things: [1] } }),
      said(frame.channel, { type: "later" }),
    ];
  });
}

const UNHEARD = { session: "fix", clock: new FakeClock(), status: () => undefined, closed: () => undefined };

async function statusesOf(frames: readonly Frame[]): Promise<readonly RunnerStatus[]> {
  const [ours, theirs] = duplexPair();
  const statuses: RunnerStatus[] = [];
  const closed = Promise.withResolvers<void>();
  const connection = new LinkConnection(ours, {
    ...UNHEARD,
    status: (one) => void statuses.push(one),
    closed: closed.resolve,
  });
  for (const frame of frames) theirs.write(encodeFrame(frame));
  expect(await connection.hello()).toMatchObject({ session: "fix" });
  theirs.end();
  await closed.promise;
  return statuses;
}

describe("the runner of version 0.1.0", () => {
  it("is understood in everything that it says", async () => {
    const statuses = await statusesOf(framesOf(RECORDED.runner));
    expect(statuses.map(({ turns }) => turns)).toContain(2);
    expect(statuses.at(-1)).toMatchObject({ state: "Exited" });
  });

  it("with messages and members of a later version is understood as well", async () => {
    const frames = framesOf(RECORDED.runner);
    expect(await statusesOf(ofLaterVersion(frames))).toEqual(await statusesOf(frames));
  });

  it.each([{ version: 9, oldest: 5 }, { version: 0 }])(
    "is refused with what to do when no version is common: %j",
    async (versions) => {
      const [ours, theirs] = duplexPair();
      const connection = new LinkConnection(ours, UNHEARD);
      const hello = { type: "hello", session: "fix", pid: 1, ...versions };
      theirs.write(
        encodeFrame({ channel: 0, type: "control", bytes: new Uint8Array(Buffer.from(JSON.stringify(hello))) }),
      );
      await expect(connection.hello()).rejects.toMatchObject({
        code: expect.stringMatching(/^(AGENT_UNAVAILABLE|SESSION_NOT_RUNNING)$/),
      });
    },
  );
});

it("a client of the daemon of version 0.1.0 is understood in everything that it asks", () => {
  const asked = framesOf(RECORDED.client).map((frame) =>
    readClientMessage("bytes" in frame ? frame.bytes : new Uint8Array(0)),
  );
  const types = asked.map(({ type }: ClientControl) => type);
  expect(new Set(types)).toEqual(
    new Set(["attach", "start", "prompt", "capture", "exec", "git", "resize", "forward", "checkout", "end", "stop"]),
  );
});
