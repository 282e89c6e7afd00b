import type { Observation } from "../../model/observation.ts";
import type { Entry } from "../../registry/model/entry.ts";

/**
 * What a session needs next. `relocate` lets one whose place is lost begin again elsewhere, from its newest work; `begin` brings work and prompt to a runner that is connected; `giveUp` is for one whose runner
 * dies again and again; `rest` needs nothing until something changes.
 */
export type Step = "remove" | "halt" | "capture" | "relocate" | "bringUp" | "connect" | "begin" | "giveUp" | "rest";

export interface Snapshot {
  readonly entry: Entry;
  readonly observation: Observation;
  readonly isConnected: boolean;
  /** The runner is connected, and waits to be told to start. */
  readonly isWaiting: boolean;
  /** How often its runner was brought up lately, after the session had begun. */
  readonly recentStarts: number;
}

/** So many new runners within a few minutes are enough. */
const MAX_RECENT_STARTS = 5;

/** Decides one step from what is wanted and what is; each step brings the next one into reach, from any state. */
export function planStep(snapshot: Snapshot): Step {
  const { entry, observation } = snapshot;
  if (entry.wanted === "Deleted") return "remove";
  if (entry.wanted === "Archived") return isUp(observation) ? "halt" : "rest";
  if (entry.failure !== undefined) return "rest";
  if (entry.restart) return isLost(snapshot) ? "relocate" : "halt";
  if (entry.record.spec.worktree && entry.record.commit === "") return "capture";
  // What it worked in is gone: only a person decides that it begins again.
  if (entry.started && observation.phase === "Missing") return "rest";
  return planRunning(snapshot);
}

function planRunning({ entry, observation, isConnected, isWaiting, recentStarts }: Snapshot): Step {
  if (observation.phase !== "Running") return recentStarts >= MAX_RECENT_STARTS ? "giveUp" : "bringUp";
  if (!isConnected) return "connect";
  return entry.started && !isWaiting ? "rest" : "begin";
}

/** The place of its work is gone, or was never made. */
const isLost = ({ entry: { record }, observation }: Snapshot): boolean =>
  observation.phase === "Missing" && record.spec.worktree && record.commit !== "";

const isUp = ({ phase }: Observation): boolean => phase === "Running" || phase === "Pending" || phase === "Error";
