import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault, Secret } from "@clauderon/base";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Observation, SessionBackend } from "../backend.ts";
import { Registry } from "../registry/registry.ts";
import type { SessionWork } from "../sessionWork.ts";
import { exampleEntry } from "./model/entry.fixture.ts";
import { type StepContext, Steps } from "./steps.ts";

const { record } = exampleEntry();
const NAME = record.name;
const COMMIT = "c".repeat(40);
const ABSENT = new Fault("AGENT_UNAVAILABLE", "No runner");

interface Given extends Pick<Observation, "phase"> {
  readonly hasOwnRepository: boolean;
  readonly isConnected: boolean;
}

/** A started session in a real registry, and the changes that its steps make to the world, in order. */
function stage({ hasOwnRepository = true, isConnected = true, phase = "Running" }: Partial<Given> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "steps-"));
  const registry = new Registry(join(folder, "sessions.db"));
  onTestFinished(() => {
    registry.close();
    rmSync(folder, { recursive: true });
  });
  registry.add(record, { started: true });
  const done: string[] = [];
  const given: string[] = [];
  const trouble = new Map<string, Fault>();
  const note =
    <T>(what: string, answer?: T) =>
    async () => {
      done.push(what);
      const fault = trouble.get(what);
      if (fault !== undefined) throw fault;
      return answer as T;
    };
  const backend = {
    hasOwnRepository,
    bringUp: (_, { credentials }) => {
      given.push(...credentials.keys());
      return note("bringUp")();
    },
    halt: note("halt"),
    remove: note("remove"),
    observe: async () => ({ phase }),
  } as Partial<SessionBackend> as SessionBackend;
  const work = {
    capture: note("capture", { commit: COMMIT, notices: ["A submodule stays behind"] }),
    pull: note("pull"),
    rescue: note("rescue", "refs/rescued"),
    rescueFetched: note("rescueFetched", "refs/rescued"),
    forget: note("forget"),
    continue: note("continue", { commit: COMMIT, rescuedRef: "refs/rescued", isFetched: true }),
  } as Partial<SessionWork> as SessionWork;
  const credentials = {
    name: "fixed",
    variables: () =>
      new Map([
        ["A", new Secret("a")],
        ["K", new Secret("k")],
      ]),
  };
  const steps = new Steps({ registry, backend, work, credentials });
  const link: StepContext["link"] = {
    isConnected,
    connect: isConnected ? async () => undefined : note("connect"),
    close: () => undefined,
    connection: { ask: async ({ type }) => note(type, { type: "done" as const, id: 0 })() },
  };
  const context = (): StepContext => ({
    entry: registry.get(NAME) ?? exampleEntry(),
    link,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return { registry, steps, done, given, trouble, context };
}

describe("capture", () => {
  it("keeps the list of what was left behind for later queries", async () => {
    const { registry, steps, context } = stage();
    await steps.capture(context());
    expect(registry.get(NAME)).toMatchObject({ record: { commit: COMMIT }, notices: ["A submodule stays behind"] });
  });
});

describe("relocate", () => {
  it("fetches what a runner still has, keeps it, and begins again from the newest work without the prompt", async () => {
    const { registry, steps, done, context } = stage();
    registry.change(NAME, { restart: true });
    await steps.relocate(context());
    expect(done).toEqual(["end", "pull", "halt", "continue"]);
    expect(registry.get(NAME)).toMatchObject({
      record: { commit: COMMIT },
      started: false,
      restart: false,
      notices: [
        "The session lost its volume and continues from its newest fetched work, cccccccccccc",
        "The work that was fetched from the lost volume is kept as refs/rescued",
        "The agent's conversation was lost with the volume, so the agent waits for a prompt",
      ],
    });
    expect(registry.prompt(NAME)).toBeUndefined();
  });

  it("changes nothing as long as the work is not kept", async () => {
    const { registry, steps, trouble, context } = stage({ isConnected: false, phase: "Missing" });
    registry.change(NAME, { restart: true });
    trouble.set("continue", ABSENT);
    await expect(steps.relocate(context())).rejects.toBe(ABSENT);
    expect(registry.get(NAME)).toMatchObject({ record: { commit: record.commit }, started: true, restart: true });
  });
});

describe("bringUp", () => {
  it("leaves out credentials whose variables the session sets itself, and records which it passed", async () => {
    const { registry, steps, given, context } = stage();
    const { entry, ...rest } = context();
    const spec = { ...entry.record.spec, environment: { A: "own" } };
    await steps.bringUp({ ...rest, entry: { ...entry, record: { ...entry.record, spec } } });
    expect(given).toEqual(["K"]);
    expect(registry.get(NAME)?.credentials).toEqual(["K"]);
  });
});

describe("remove", () => {
  it("inspects a worktree after agent and runner have ended", async () => {
    const { steps, done, context } = stage({ hasOwnRepository: false });
    expect(await steps.remove(context())).toBe("refs/rescued");
    expect(done).toEqual(["halt", "rescue", "remove", "forget"]);
  });

  it("ends the agent before it fetches, and keeps the runner", async () => {
    const { steps, done, context } = stage();
    await steps.remove(context());
    expect(done).toEqual(["end", "rescue", "remove", "forget"]);
  });

  it("starts a session without a runner in order to fetch its work", async () => {
    const { steps, done, context } = stage({ isConnected: false, phase: "Stopped" });
    await steps.remove(context());
    expect(done).toEqual(["bringUp", "connect", "end", "rescue", "remove", "forget"]);
  });

  it.each(["end", "rescue"])("removes nothing when its %s fails", async (what) => {
    const { registry, steps, done, trouble, context } = stage();
    trouble.set(what, ABSENT);
    await expect(steps.remove(context())).rejects.toMatchObject({
      message: expect.stringContaining("not safe yet") as unknown,
    });
    expect([done.at(-1), registry.has(NAME)]).toEqual([what, true]);
  });

  it("keeps the last fetched work of a session whose volume is gone", async () => {
    const { steps, done, context } = stage({ isConnected: false, phase: "Missing" });
    expect(await steps.remove(context())).toBe("refs/rescued");
    expect(done).toEqual(["rescueFetched", "remove", "forget"]);
  });
});

describe("halt", () => {
  it("fetches after the agent has ended, so that an archived session can be deleted without a runner", async () => {
    const { registry, steps, done, context } = stage();
    registry.change(NAME, { wanted: "Archived" });
    await steps.halt(context());
    expect([done, registry.get(NAME)?.saved]).toEqual([["end", "pull", "halt"], true]);
    registry.change(NAME, { wanted: "Deleted" });
    await steps.remove(context());
    expect(done.slice(3)).toEqual(["rescueFetched", "remove", "forget"]);
  });

  it("archives a session whose work cannot be fetched, and records that", async () => {
    const { registry, steps, done, trouble, context } = stage();
    trouble.set("pull", ABSENT);
    registry.change(NAME, { wanted: "Archived" });
    await steps.halt(context());
    expect([done.at(-1), registry.get(NAME)?.saved]).toEqual(["halt", false]);
  });

  it("is forgotten when the session is started again", async () => {
    const { registry, steps, context } = stage();
    registry.change(NAME, { wanted: "Archived" });
    const halting = steps.halt(context());
    registry.change(NAME, { wanted: "Running" });
    await halting;
    expect(registry.get(NAME)?.saved).toBe(false);
    registry.change(NAME, { saved: true });
    await steps.bringUp(context());
    expect(registry.get(NAME)?.saved).toBe(false);
  });
});
