import { Fault, type FaultCode } from "@clauderon/base";
import { ApiError } from "@clauderon/kube";
import { describe, expect, it, vi } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { recordedLog } from "../../../test/kit/recordedLog.ts";
import { type ControllerOptions, runController } from "./runController.ts";
import { WorkQueue } from "./workQueue.ts";

function start(reconcile: ControllerOptions["reconcile"], more: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const { log, lines } = recordedLog();
  const queue = new WorkQueue({ clock, random: () => 0.5, backoff: { baseMs: 100, maxMs: 60_000 } });
  const stop = new AbortController();
  const ended = runController({ name: "jobs", queue, workers: 2, reconcile, log, clock, ...more }, stop.signal);
  return { clock, lines, queue, stop, ended };
}

/** How often a key is reconciled within a time when every pass throws this. */
async function passesWhen(thrown: unknown, milliseconds: number) {
  let passes = 0;
  const { clock, lines, queue } = start(() => {
    passes += 1;
    throw thrown;
  });
  queue.add("a");
  await clock.advance(milliseconds);
  return { passes, line: lines[0] };
}

const fault = (code: FaultCode) => new Fault(code, "It is so", { hint: "Do that" });

describe("runController", () => {
  it("calls again after the time that a pass asks for", async () => {
    const seen: string[] = [];
    const { clock, queue } = start(async (key) => {
      seen.push(key);
      return seen.length < 3 ? { requeueAfterMs: 5000 } : undefined;
    });
    queue.add("a");
    await clock.advance(4999);
    expect(seen).toEqual(["a"]);
    await clock.advance(60_000);
    expect(seen).toEqual(["a", "a", "a"]);
  });

  it("retries a Fault that retries with backoff, as a warning", async () => {
    const { passes, line } = await passesWhen(fault("CLUSTER_UNAVAILABLE"), 100 + 200 + 400);
    expect(passes).toBe(4);
    expect(line).toMatchObject({ level: "warn", fields: { key: "a", code: "CLUSTER_UNAVAILABLE", hint: "Do that" } });
  });

  it("leaves a Fault that waits to the watches, and looks again after 10 minutes", async () => {
    expect(await passesWhen(fault("REFERENCE_NOT_FOUND"), 599_999)).toMatchObject({
      passes: 1,
      line: { level: "info" },
    });
    expect(await passesWhen(fault("REFERENCE_NOT_FOUND"), 600_000)).toMatchObject({ passes: 2 });
  });

  it("does nothing after a Fault that stops, until the key is added", async () => {
    expect(await passesWhen(fault("SPEC_INVALID"), 86_400_000)).toMatchObject({ passes: 1, line: { level: "error" } });
  });

  it("retries what the API server refused, without calling it a bug, and not before its Retry-After", async () => {
    const conflict = new ApiError(409, { reason: "Conflict", message: "changed" });
    expect(await passesWhen(conflict, 100)).toMatchObject({ passes: 2, line: { level: "warn" } });
    const busy = new ApiError(429, { reason: "TooManyRequests" }, 9000);
    expect(await passesWhen(busy, 8999)).toMatchObject({ passes: 1 });
    expect(await passesWhen(busy, 9000)).toMatchObject({ passes: 2 });
  });

  it.each([new TypeError("no such member"), "a string", undefined])(
    "logs the bug %s and retries with backoff",
    async (thrown) => {
      const { passes, line } = await passesWhen(thrown, 300);
      expect(passes).toBe(3);
      expect(line).toMatchObject({
        level: "error",
        message: "Reconciling failed because of a bug; retrying",
        fields: { key: "a" },
      });
    },
  );

  it("logs a bug with its stack", async () => {
    const { line } = await passesWhen(new TypeError("no such member"), 0);
    expect(line?.fields.error).toMatch(/TypeError: no such member\n\s+at .*runController\.test\.ts/);
  });

  it("continues with other keys while one fails and one hangs", async () => {
    const done: string[] = [];
    const { clock, queue } = start(async (key) => {
      if (key === "bad") throw new Error("bug");
      if (key === "hangs") return new Promise(() => undefined);
      done.push(key);
    });
    for (const key of ["bad", "hangs", "b", "c"]) queue.add(key);
    await clock.advance(1000);
    expect(done).toEqual(["b", "c"]);
  });

  it("starts nothing new at a stop and waits for active passes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen: string[] = [];
    let sawAbort = false;
    const { clock, queue, stop, ended } = start(
      async (key, signal) => {
        seen.push(key);
        await promise;
        sawAbort = signal.aborted;
      },
      { workers: 1 },
    );
    queue.add("a");
    queue.add("b");
    await settled();
    const onEnd = vi.fn<() => void>();
    void ended.then(onEnd);
    stop.abort();
    await clock.advance(3999);
    expect(onEnd).not.toHaveBeenCalled();
    resolve();
    await settled();
    expect(onEnd).toHaveBeenCalled();
    expect([sawAbort, seen]).toEqual([true, ["a"]]);
  });

  it("stops after 4 s when a pass never ends", async () => {
    const { clock, lines, queue, stop, ended } = start(() => new Promise(() => undefined));
    queue.add("a");
    await settled();
    stop.abort();
    await clock.advance(4000);
    await ended;
    expect(lines.at(-1)).toMatchObject({ level: "warn", message: "Stopped before every key was done" });
  });
});
