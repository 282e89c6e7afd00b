import { duplexPair } from "node:stream";
import { controlFrame, encodeFrame, FrameDecoder, type RunnerMessage } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { LinkConnection } from "./linkConnection.ts";

const CLIPBOARD = "\u001b]52;c;c3RvbGVu\u0007";
const { signal: never } = new AbortController();

type Asked = { readonly type: string; readonly id: number };

/** A connection to a runner that greets, if it has a greeting, and answers each request as `answer` says. */
function stage(answer: (asked: Asked) => RunnerMessage | undefined, greeting: object | undefined = { oldest: 1 }) {
  const [ours, theirs] = duplexPair();
  const decoder = new FrameDecoder();
  const asked: string[] = [];
  const say = (message: object) => theirs.write(encodeFrame(controlFrame(0, message as RunnerMessage)));
  theirs.on("data", (chunk: Uint8Array) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.type !== "control") continue;
      const message = JSON.parse(Buffer.from(frame.bytes).toString()) as Asked;
      asked.push(message.type);
      const said = answer(message);
      if (said !== undefined) say(said);
    }
  });
  const clock = new FakeClock();
  const ended = { count: 0 };
  const closed = () => void (ended.count += 1);
  const connection = new LinkConnection(ours, { session: "fix-it", clock, status: () => undefined, closed });
  if (greeting !== undefined) say({ type: "hello", version: 1, session: "fix-it", pid: 1, ...greeting });
  return { connection, clock, asked, ended, say };
}

const refusing = (code: string, message: string, hint?: string) =>
  stage(({ id }) => ({ type: "error", id, code, message, ...(hint === undefined ? {} : { hint }) })).connection;

/** Lets time pass in small parts, so that answers can come meanwhile. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 5_000) await clock.advance(5_000);
}

const failureOf = (asked: Promise<unknown>) => asked.catch((thrown: unknown) => thrown);

const DEAF = () => undefined;
const done = ({ id }: Asked): RunnerMessage => ({ type: "done", id });

it("a runner's error contains nothing that a terminal acts on", async () => {
  const asked = refusing("AGENT_FAILED", `${CLIPBOARD}It\u009b31m failed`, `${CLIPBOARD}Try`).ask(
    { type: "capture" },
    never,
  );
  await expect(asked).rejects.toMatchObject({
    code: "AGENT_FAILED",
    message: "]52;c;c3RvbGVuIt31m failed",
    hint: "]52;c;c3RvbGVuTry",
  });
});

it.each(["constructor", "NONE_OF_OURS"])("a runner's error of code %s is AGENT_FAILED", async (code) => {
  await expect(refusing(code, "Why").ask({ type: "capture" }, never)).rejects.toMatchObject({ code: "AGENT_FAILED" });
});

describe("a request", () => {
  it.each(["end", "start", "prompt", "capture", "forward", "checkout"] as const)(
    "of type %s to a runner that stands still fails, and ends the connection with all that waits on it",
    async (type) => {
      const { connection, clock, asked, ended } = stage(DEAF);
      await connection.hello();
      const commit = "c".repeat(40);
      const one = connection.ask({ type, prompt: "x", commit, branch: "b" }, never);
      const other = connection.ask({ type: "capture" }, never);
      const lost: string[] = [];
      connection.open({ take: () => undefined, lost: () => lost.push("view") });
      const failures = Promise.all([one, other].map(failureOf));
      await clock.advance(45_000);
      const unanswered = {
        code: "SESSION_NOT_RUNNING",
        message: 'The runner of session "fix-it" does not answer',
        hint: expect.stringContaining("clauderon recreate fix-it") as unknown,
      };
      expect(await failures).toMatchObject([unanswered, unanswered]);
      expect([asked, lost, ended.count]).toEqual([[type, "capture", "ping"], ["view"], 1]);
      expect(clock.nextInMs).toBeUndefined();
    },
  );

  it("may take long while the runner gives signs of life, and no longer than its deadline", async () => {
    const { connection, clock, asked } = stage((message) => (message.type === "ping" ? done(message) : undefined));
    await connection.hello();
    let failed: unknown;
    void connection
      .ask({ type: "checkout", commit: "c", branch: "b" }, never)
      .catch((thrown: unknown) => (failed = thrown));
    await pass(clock, 3_500_000);
    expect(failed).toBeUndefined();
    expect(asked.length).toBeGreaterThan(80);
    await pass(clock, 200_000);
    expect(failed).toMatchObject({ message: 'The runner of session "fix-it" does not answer "checkout"' });
  });

  it("takes any frame for a sign of life, also the refusal of a runner that knows no ping", async () => {
    const { connection, clock } = stage((asked) =>
      asked.type === "ping" ? { type: "error", id: asked.id, code: "FEATURE_DISABLED", message: "No" } : undefined,
    );
    await connection.hello();
    const asked = connection.ask({ type: "end" }, never);
    asked.catch(() => undefined);
    await pass(clock, 110_000);
    expect(connection.isClosed).toBe(false);
  });

  it("to a runner of version 0.1.0, which ends the connection at a ping, has its deadline alone", async () => {
    const { connection, clock, asked } = stage(DEAF, {});
    await connection.hello();
    const ended = connection.ask({ type: "end" }, never);
    const failure = failureOf(ended);
    await pass(clock, 110_000);
    expect([asked, connection.isClosed]).toEqual([["end"], false]);
    await clock.advance(20_000);
    expect(await failure).toMatchObject({ code: "SESSION_NOT_RUNNING" });
  });

  it("ends with its signal, and leaves the connection to others; a late answer is dropped", async () => {
    const { connection, say, asked } = stage((message) => (message.type === "end" ? done(message) : undefined));
    await connection.hello();
    const stop = new AbortController();
    const prompted = connection.ask({ type: "prompt", prompt: "x" }, stop.signal);
    stop.abort(new Error("Enough"));
    await expect(prompted).rejects.toThrow("Enough");
    await expect(connection.ask({ type: "prompt", prompt: "y" }, stop.signal)).rejects.toThrow("Enough");
    say({ type: "done", id: 1 });
    expect(await connection.ask({ type: "end" }, never)).toMatchObject({ type: "done" });
    expect(asked).toEqual(["prompt", "end"]);
  });
});

it("a runner of which nothing is awaited may be silent", async () => {
  const { connection, clock, asked } = stage(done);
  await connection.hello();
  await connection.ask({ type: "end" }, never);
  await clock.advance(3_600_000);
  expect([asked, connection.isClosed, clock.nextInMs]).toEqual([["end"], false, undefined]);
});
