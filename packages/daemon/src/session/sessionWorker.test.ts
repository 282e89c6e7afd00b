import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@clauderon/controller";
import { expect, it, onTestFinished } from "vitest";
import { recordedLog } from "../../../../test/kit/recordedLog.ts";
import type { Observation, SessionBackend } from "../backend.ts";
import { Registry } from "../registry/registry.ts";
import type { SessionWork } from "../sessionWork.ts";
import { EventHub } from "./events.ts";
import { exampleEntry } from "./model/exampleEntry.ts";
import { SessionWorker } from "./sessionWorker.ts";
import { Steps } from "./steps.ts";

it("tells what a step waits for when that changes, before the step is done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const registry = new Registry(join(folder, "sessions.db"));
  const { record } = exampleEntry();
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
