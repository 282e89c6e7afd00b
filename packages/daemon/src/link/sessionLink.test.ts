import { type Duplex, duplexPair } from "node:stream";
import { expect, it } from "vitest";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { SessionLink } from "./sessionLink.ts";

function stage(connect: (signal: AbortSignal) => Promise<Duplex>) {
  const clock = new FakeClock();
  return { clock, link: new SessionLink({ session: "fix", clock, connect, changed: () => undefined }) };
}

const SILENT = { code: "SESSION_NOT_RUNNING", message: 'The runner of session "fix" does not answer' };

it("a runner that takes the connection and never greets is given up after a while, and let go", async () => {
  const [ours, theirs] = duplexPair();
  const { link, clock } = stage(async () => ours);
  const failure = link.connect(new AbortController().signal).catch((thrown: unknown) => thrown);
  await clock.advance(61_000);
  expect(await failure).toMatchObject(SILENT);
  expect([link.isConnected, ours.destroyed, clock.nextInMs]).toEqual([false, true, undefined]);
  theirs.destroy();
});

it("a connection that never comes is given up too, and one that comes too late is let go", async () => {
  const coming = Promise.withResolvers<Duplex>();
  const { link, clock } = stage(() => coming.promise);
  const failure = link.connect(new AbortController().signal).catch((thrown: unknown) => thrown);
  await clock.advance(61_000);
  expect(await failure).toMatchObject(SILENT);
  const [ours] = duplexPair();
  coming.resolve(ours);
  await expect.poll(() => ours.destroyed).toBe(true);
});

it("connecting ends with its signal", async () => {
  const [ours] = duplexPair();
  const { link, clock } = stage(async () => ours);
  const stop = new AbortController();
  const connecting = link.connect(stop.signal);
  await clock.advance(1_000);
  stop.abort(new Error("Enough"));
  await expect(connecting).rejects.toThrow("Enough");
  expect([ours.destroyed, clock.nextInMs]).toEqual([true, undefined]);
});
