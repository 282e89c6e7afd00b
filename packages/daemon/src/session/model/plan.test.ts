import { describe, expect, it } from "vitest";
import type { Observation } from "../../model/observation.ts";
import type { Entry } from "../../registry/model/entry.ts";
import { exampleEntry } from "./entry.fixture.ts";
import { planStep, type Snapshot } from "./plan.ts";

const plan = (entry: Partial<Entry>, phase: Observation["phase"], more: Partial<Snapshot> = {}) =>
  planStep({
    entry: exampleEntry(entry),
    observation: { phase },
    isConnected: false,
    isWaiting: false,
    recentStarts: 0,
    ...more,
  });

const record = exampleEntry().record;
const uncaptured = { record: { ...record, commit: "" } };

describe("planStep", () => {
  it("takes a new session to its agent step by step", () => {
    expect(plan(uncaptured, "Pending")).toBe("capture");
    expect(plan({}, "Pending")).toBe("bringUp");
    expect(plan({}, "Running")).toBe("connect");
    expect(plan({}, "Running", { isConnected: true, isWaiting: true })).toBe("begin");
    expect(plan({ started: true }, "Running", { isConnected: true })).toBe("rest");
  });

  it("captures nothing for a session that works in the checkout itself", () => {
    const inside = { record: { ...record, commit: "", spec: { ...record.spec, worktree: false } } };
    expect(plan(inside, "Pending")).toBe("bringUp");
  });

  it("restarts a runner that died, until it has died too often", () => {
    expect(plan({ started: true }, "Stopped")).toBe("bringUp");
    expect(plan({ started: true }, "Stopped", { recentStarts: 5 })).toBe("giveUp");
  });

  it("restarts the agent of a waiting runner", () => {
    expect(plan({ started: true }, "Running", { isConnected: true, isWaiting: true })).toBe("begin");
  });

  it("relocates a session that lost its place only on request", () => {
    expect(plan({ started: true }, "Missing")).toBe("rest");
    expect(plan({ started: true, restart: true }, "Missing")).toBe("relocate");
    expect(plan({ started: false }, "Missing")).toBe("bringUp");
  });

  it("does not relocate a session that works in the checkout itself or has captured nothing", () => {
    const inside = { record: { ...record, spec: { ...record.spec, worktree: false } } };
    expect(plan({ ...inside, restart: true }, "Missing")).toBe("halt");
    expect(plan({ ...uncaptured, restart: true }, "Missing")).toBe("halt");
  });

  it("removes everything that exists, whether the session failed or not", () => {
    const failure = { code: "TIMEOUT", message: "Too late" };
    for (const phase of ["Pending", "Running", "Stopped", "Missing", "Error"] as const) {
      expect(plan({ wanted: "Deleted" }, phase)).toBe("remove");
      expect(plan({ wanted: "Deleted", failure }, phase)).toBe("remove");
    }
  });

  it("halts an archived session once", () => {
    expect(plan({ wanted: "Archived" }, "Running")).toBe("halt");
    expect(plan({ wanted: "Archived" }, "Stopped")).toBe("rest");
  });

  it("halts once before a restart, and does nothing for a session that was given up", () => {
    expect(plan({ started: true, restart: true }, "Running", { isConnected: true })).toBe("halt");
    expect(plan({ failure: { code: "TIMEOUT", message: "Too late" } }, "Stopped")).toBe("rest");
  });
});
