import { duplexPair } from "node:stream";
import { encodeFrame, type Frame, FrameDecoder, type RunnerStatus } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { CONVERSATIONS, ofLaterVersion, said } from "../../../../test/kit/conversations/conversations.ts";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { LinkConnection } from "./linkConnection.ts";

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

describe.each(CONVERSATIONS)("the runner of the conversation $name", ({ runner }) => {
  it("is understood in everything that it says", async () => {
    const statuses = await statusesOf(runner);
    expect(statuses.map(({ turns }) => turns)).toContain(2);
    expect(statuses.at(-1)).toMatchObject({ state: "Exited" });
  });

  it("with messages and members of a later version is understood as well", async () => {
    expect(await statusesOf(ofLaterVersion(runner))).toEqual(await statusesOf(runner));
  });
});

describe("a runner of another version", () => {
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

const COMMIT = "c".repeat(40);
const REQUESTS = [
  { type: "forward", commit: COMMIT },
  { type: "capture" },
  { type: "checkout", commit: COMMIT, branch: "clauderon/fix" },
  { type: "start" },
  { type: "prompt", prompt: "say hi" },
  { type: "end" },
  { type: "stop" },
] as const;

/**
 * How runners refuse a message that they do not know: with the current rule, and how old ones did, which ended the
 * connection.
 */
const REFUSALS: readonly (readonly [string, object, (id: number) => Frame])[] = [
  [
    "refuses it by itself",
    { oldest: 1 },
    (id) => said(0, { type: "error", id, code: "FEATURE_DISABLED", message: "The message is not known here" }),
  ],
  [
    "ends the connection with a text",
    {},
    () =>
      ({
        ...said(0, { reason: "error[USAGE]: Not a control message: type Invalid discriminator" }),
        type: "close",
      }) as Frame,
  ],
  [
    "ends the connection with a refusal",
    {},
    () =>
      ({
        ...said(0, { reason: { code: "USAGE", message: "Not a control message: type Invalid input" } }),
        type: "close",
      }) as Frame,
  ],
];

describe.each(REFUSALS)("an older runner that does not know a request and %s", (_, greeting, refusal) => {
  it.each(REQUESTS)("is named, with what to do: $type", async (request) => {
    const [ours, theirs] = duplexPair();
    const connection = new LinkConnection(ours, UNHEARD);
    const say = (frame: Frame) => theirs.write(encodeFrame(frame));
    say(said(0, { type: "hello", version: 1, session: "fix", pid: 1, ...greeting }));
    await connection.hello();
    const decoder = new FrameDecoder();
    theirs.on("data", (chunk: Uint8Array) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.type !== "control") continue;
        say(refusal((JSON.parse(Buffer.from(frame.bytes).toString()) as { id: number }).id));
        if (!("oldest" in greeting)) theirs.end();
      }
    });
    await expect(connection.ask(request, new AbortController().signal)).rejects.toMatchObject({
      code: "FEATURE_DISABLED",
      message: `The runner of session "fix" is older than the daemon and does not know the message "${request.type}"`,
      hint: "Start a current one: clauderon recreate fix",
    });
  });
});
