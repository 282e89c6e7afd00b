import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { Fault, type Log } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import { controlFrame, encodeFrame, type RunnerMessage } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordedLog } from "../../../../test/kit/recordedLog.ts";
import type { Observation, SessionBackend } from "../backend.ts";
import { Registry } from "../registry/registry.ts";
import type { SessionWork } from "../sessionWork.ts";
import { EventHub } from "./events.ts";
import { exampleEntry } from "./model/entry.fixture.ts";
import { SessionWorker } from "./sessionWorker.ts";
import { Steps } from "./steps.ts";

const { record } = exampleEntry();

it("reports a new waiting cause before the step is finished", async () => {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const registry = new Registry(join(folder, "sessions.db"));
  registry.add(record, {});
  let observation: Observation = { phase: "Pending", reason: "Scheduling", message: "Waiting for a node" };
  const backend = {
    observe: async () => observation,
    bringUp: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", reject)),
  } as Partial<SessionBackend> as SessionBackend;
  const credentials = { name: "none", variables: () => new Map() };
  const events = new EventHub();
  const steps = new Steps({ registry, backend, work: {} as SessionWork, credentials });
  const worker = new SessionWorker({
    name: record.name,
    backend,
    registry,
    steps,
    events,
    clock: systemClock,
    log: recordedLog().log,
    turned: () => undefined,
    removed: () => undefined,
  });
  const working = worker.run();
  onTestFinished(async () => {
    worker.stop();
    await working;
    registry.close();
    rmSync(folder, { recursive: true });
  });
  const reason = () => worker.session.status.reason;
  await expect.poll(reason).toBe("Scheduling");
  observation = { phase: "Pending", reason: "ErrImageNeverPull", message: "No such image" };
  worker.changed();
  await expect.poll(reason).toBe("ErrImageNeverPull");
});

const MOST_DELAY_MS = 12_500;

/**
 * A running session whose runner refuses as many connections as there are words, each with that word as the error. After
 * that, time stands still.
 */
function stage(words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const registry = new Registry(join(folder, "sessions.db"));
  registry.add(record, { started: true });
  const seen = { connects: 0, sleeps: [] as number[], logged: [] as unknown[], isGone: false };
  const backend = {
    observe: async () => ({ phase: seen.isGone ? ("Stopped" as const) : ("Running" as const) }),
    connect: () => {
      seen.connects += 1;
      return Promise.reject(new Fault("AGENT_UNAVAILABLE", words[seen.connects - 1] ?? words.at(-1) ?? ""));
    },
  } as Partial<SessionBackend> as SessionBackend;
  const worker = new SessionWorker({
    name: record.name,
    backend,
    registry,
    steps: { bringUp: () => Promise.reject(new Fault("REPOSITORY_UNAVAILABLE", "Cut")) } as Partial<Steps> as Steps,
    events: new EventHub(),
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: (milliseconds) => {
        // The time limit of a single try. These runners refuse at once, so it never passes.
        if (milliseconds > MOST_DELAY_MS) return new Promise(() => undefined);
        seen.sleeps.push(milliseconds);
        return seen.connects < words.length ? Promise.resolve() : new Promise(() => undefined);
      },
    },
    log: { warn: (_, fields) => seen.logged.push(fields?.["error"]) } as Partial<Log> as Log,
    turned: () => undefined,
    removed: () => undefined,
  });
  const running = worker.run();
  onTestFinished(async () => {
    worker.stop();
    await running;
    registry.close();
    rmSync(folder, { recursive: true });
  });
  return { worker, seen, registry };
}

const REFUSED = "connection refused";

describe("a runner that cannot be reached", () => {
  it("is retried forever with growing delays, and logged when its message changes", async () => {
    const { worker, seen } = stage([...Array.from({ length: 20 }, () => REFUSED), "no route", "no route", REFUSED]);
    await expect.poll(() => seen.sleeps.length).toBe(23);
    expect(seen.sleeps[0]).toBeLessThan(1_000);
    expect(Math.min(...seen.sleeps.slice(8))).toBeGreaterThanOrEqual(7_500);
    expect(Math.max(...seen.sleeps)).toBeLessThanOrEqual(MOST_DELAY_MS);
    expect(seen.logged).toEqual([REFUSED, "no route", REFUSED]);
    expect(worker.session.status.message).toBe(REFUSED);
  });

  it("is retried immediately when its backend reports a change, however long it was unreachable", async () => {
    const { worker, seen } = stage(Array.from({ length: 10 }, () => REFUSED));
    await expect.poll(() => seen.sleeps.length).toBe(10);
    worker.changed();
    await expect.poll(() => seen.connects).toBe(11);
    expect(seen.logged).toEqual([REFUSED]);
  });

  it("does not use up the tries of the next step", async () => {
    const { worker, seen, registry } = stage(Array.from({ length: 10 }, () => REFUSED));
    await expect.poll(() => seen.sleeps.length).toBe(10);
    seen.isGone = true;
    worker.changed();
    await expect.poll(() => seen.logged).toEqual([REFUSED, "Cut"]);
    expect(registry.get(record.name)?.failure).toBeUndefined();
  });
});

/**
 * A session with simulated runners. Each greets when the test says so. The connection of an old one stays open when the
 * runner is gone.
 */
function runners() {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const registry = new Registry(join(folder, "sessions.db"));
  registry.add(record, { started: true });
  const seen = { phase: "Stopped" as Observation["phase"], connections: [] as Duplex[], told: [] as string[] };
  const backend = {
    hasOwnRepository: false,
    observe: async () => ({ phase: seen.phase }),
    bringUp: async () => void (seen.phase = "Running"),
    halt: async () => void (seen.phase = "Stopped"),
    connect: async () => {
      const [ours, theirs] = duplexPair();
      seen.connections.push(theirs);
      return ours;
    },
  } as Partial<SessionBackend> as SessionBackend;
  const events = new EventHub();
  events.listen((event) => {
    if (event.type === "session") seen.told.push(`${event.session.status.phase} ${event.session.status.turns ?? "-"}`);
  });
  const credentials = { name: "none", variables: () => new Map() };
  const worker = new SessionWorker({
    name: record.name,
    backend,
    registry,
    steps: new Steps({ registry, backend, work: {} as SessionWork, credentials }),
    events,
    clock: systemClock,
    log: recordedLog().log,
    turned: () => undefined,
    removed: () => undefined,
  });
  const running = worker.run();
  onTestFinished(async () => {
    worker.stop();
    await running;
    registry.close();
    rmSync(folder, { recursive: true });
  });
  const say = (at: number, message: RunnerMessage) =>
    seen.connections[at]?.write(encodeFrame(controlFrame(0, message)));
  const greet = (at: number) => say(at, { type: "hello", version: 1, oldest: 1, session: record.name, pid: at + 1 });
  const report = (at: number, turns: number) => say(at, { type: "status", state: "Running", activity: "Idle", turns });
  return { worker, registry, seen, greet, report };
}

describe("a session that starts again", () => {
  it("runs when its new runner has reported, and never because the old one still does", async () => {
    const { worker, registry, seen, greet, report } = runners();
    await expect.poll(() => seen.connections.length).toBe(1);
    greet(0);
    report(0, 7);
    await expect.poll(() => seen.told.at(-1)).toBe("Running 7");
    seen.told.length = 0;
    registry.change(record.name, { restart: true });
    worker.interrupt();
    await expect.poll(() => seen.connections.length).toBe(2);
    // Nobody has closed the connection: the runner's node may be gone.
    expect(seen.connections[0]?.destroyed).toBe(false);
    greet(1);
    await expect.poll(() => worker.link.isConnected).toBe(true);
    expect(seen.told.filter((told) => told.startsWith("Running"))).toEqual([]);
    report(1, 0);
    await expect.poll(() => seen.told.at(-1)).toBe("Running 0");
  });
});
