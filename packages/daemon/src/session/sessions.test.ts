import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, Fault, silentLog } from "@clauderon/base";
import type { DaemonEvent } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Observation, Progress, SessionBackend } from "../backend.ts";
import { type EntryChange, Registry } from "../registry/registry.ts";
import type { PushContext, SessionWork } from "../sessionWork.ts";
import { EventHub } from "./events.ts";
import { exampleEntry } from "./model/entry.fixture.ts";
import { Sessions } from "./sessions.ts";

const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: () => new Promise(() => undefined) };
const { record } = exampleEntry();
const NAME = record.name;

const newSpec = () => Promise.reject(new Error("None is created"));

/** The sessions of a daemon with one session, which has a repository of its own and stands still as `change` says. */
function stage(
  change: EntryChange,
  observation: Observation = { phase: "Stopped" },
  ofBackend: Partial<SessionBackend> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "sessions-"));
  const registry = new Registry(join(folder, "sessions.db"));
  registry.add({ ...record, spec: { ...record.spec, backend: "kubernetes" } }, { started: true });
  registry.change(NAME, change);
  const backend = {
    name: "kubernetes",
    hasOwnRepository: true,
    observe: async () => observation,
    watch: async () => undefined,
    remove: async () => undefined,
    ...ofBackend,
  } as Partial<SessionBackend> as SessionBackend;
  const work = {
    pull: async (_session: unknown, _signal: unknown, progress: Progress) => progress("Receiving objects", 40),
    push: async (_session: unknown, { progress }: PushContext) => progress("Writing objects", 60),
    rescueFetched: async () => "refs/rescued",
    forget: async () => undefined,
  } as unknown as SessionWork;
  const events = new EventHub();
  const told: DaemonEvent[] = [];
  events.listen((event) => told.push(event));
  const credentials = { name: "none", variables: () => new Map() };
  const sessions = new Sessions({
    registry,
    backends: [backend],
    work,
    events,
    credentials,
    newSpec,
    fetchLimit: { bytes: 1, text: "1" },
    clock,
    log: silentLog,
  });
  sessions.start();
  onTestFinished(async () => {
    await sessions.stop();
    registry.close();
    rmSync(folder, { recursive: true });
  });
  return { sessions, registry, told };
}

describe("Sessions", () => {
  it("refuses to delete a session that was archived without fetching its work, unless the work is discarded", async () => {
    const { sessions, registry } = stage({ wanted: "Archived" });
    await expect(sessions.delete(NAME, false)).rejects.toMatchObject({
      code: "SESSION_NOT_RUNNING",
      message: `The work of "${NAME}" was not fetched when it was archived`,
      hint: expect.stringMatching(/clauderon unarchive web\. Or .* --discard-work web$/) as unknown,
    });
    expect(registry.get(NAME)?.wanted).toBe("Archived");
    expect(await sessions.delete(NAME, true)).toEqual({ name: NAME });
    expect(registry.has(NAME)).toBe(false);
  });

  it("deletes a session that was archived after its work was fetched", async () => {
    const { sessions } = stage({ wanted: "Archived", saved: true });
    expect(await sessions.delete(NAME, false)).toEqual({ name: NAME, rescuedRef: "refs/rescued" });
  });

  it("reports the progress of a transfer to every client", async () => {
    const { sessions, told } = stage({ wanted: "Archived" });
    await sessions.pull(NAME);
    await sessions.push(NAME);
    expect(told.filter(({ type }) => type === "progress")).toEqual([
      { type: "progress", name: NAME, step: "Receiving objects", percent: 40 },
      { type: "progress", name: NAME, step: "Writing objects", percent: 60 },
    ]);
  });
});

it.each([true, false])(
  "delete refuses a session of another cluster, and keeps its row (--discard-work: %s)",
  async (discardWork) => {
    const elsewhere = {
      phase: "Error",
      reason: "OtherCluster",
      message: "It is in another cluster",
      hint: "--context one",
    };
    const { sessions, registry } = stage({ failure: { code: "TIMEOUT", message: "Late" } }, elsewhere as Observation);
    await expect.poll(() => registry.get(NAME) !== undefined && sessions.worker(NAME).view.observation).toBeDefined();
    await expect(sessions.delete(NAME, discardWork)).rejects.toMatchObject({
      code: "CLUSTER_MISMATCH",
      message: expect.stringContaining("It is in another cluster") as unknown,
      hint: "--context one. If that cluster is gone for good: clauderon delete --orphan web",
    });
    expect(registry.get(NAME)?.wanted).toBe("Running");
  },
);

describe("orphan", () => {
  const UNREACHABLE = new Fault("CLUSTER_UNAVAILABLE", "No route", { hint: "Check the network" });
  const unreachable: Partial<SessionBackend> = {
    remove: () => Promise.reject(UNREACHABLE),
    orphan: async () => ["Its volume stays"],
  };

  it("deletes what is here of a session out of reach, keeps fetched work, and says what stays", async () => {
    const { sessions, registry, told } = stage(
      { wanted: "Archived", saved: true, credentials: ["K"] },
      undefined,
      unreachable,
    );
    const waiting = sessions.delete(NAME, true);
    await expect(waiting).rejects.toMatchObject({
      code: "CLUSTER_UNAVAILABLE",
      message: "No route",
      hint: "Check the network. If its cluster is gone for good: clauderon delete --orphan web",
    });
    expect(await sessions.orphan(NAME, false)).toEqual({
      name: NAME,
      rescuedRef: "refs/rescued",
      notices: [
        "Its volume stays",
        "The Secret holds K, and a pod may still use it: revoke what you cannot delete there",
      ],
    });
    expect([registry.has(NAME), sessions.list(), told.at(-1)]).toEqual([
      false,
      [],
      { type: "deleted", name: NAME, rescuedRef: "refs/rescued" },
    ]);
  });

  it("cuts short the step that waits for the cluster, and answers who waits for the deletion", async () => {
    const begun = Promise.withResolvers<void>();
    const { sessions } = stage({ wanted: "Archived", saved: true }, undefined, {
      ...unreachable,
      remove: (_, { signal }) => {
        begun.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        );
      },
    });
    const waiting = sessions.delete(NAME, true);
    await begun.promise;
    await sessions.orphan(NAME, true);
    expect(await waiting).toMatchObject({ name: NAME });
  });

  it("changes nothing of a session that can be removed", async () => {
    const { sessions, registry } = stage({ saved: false }, undefined, {
      orphan: () => Promise.reject(new Fault("USAGE", "It can be reached")),
      bringUp: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    });
    await expect(sessions.orphan(NAME, true)).rejects.toMatchObject({ code: "USAGE" });
    expect(registry.get(NAME)?.wanted).toBe("Running");
    expect(sessions.list().map(({ name }) => name)).toEqual([NAME]);
  });
});
