import type { Observation } from "../../model/observation.ts";
import type { Entry } from "../../registry/model/entry.ts";

/**
 * What a session needs next. `relocate` lets a session whose place is lost begin in a new one, from its newest work.
 * `begin` brings work and prompt to a connected runner. `giveUp` is for a session whose runner keeps dying. `rest` does
 * nothing until something changes.
 */
export type Step = "remove" | "halt" | "capture" | "relocate" | "bringUp" | "connect" | "begin" | "giveUp" | "rest";

export interface Snapshot {
  readonly entry: Entry;
  readonly observation: Observation;
  readonly isConnected: boolean;
  /** The runner is connected and waits for `start`. */
  readonly isWaiting: boolean;
  /** How often a runner was brought up recently, after the session had begun. */
  readonly recentStarts: number;
}

/** After so many new runners in a few minutes, the next one would not help. */
const MAX_RECENT_STARTS = 5;

/** Decides one step from the wanted state and the observed state. From any state, each step makes the next one possible. */
export function planStep(snapshot: Snapshot): Step {
  const { entry, observation } = snapshot;
  if (entry.wanted === "Deleted") return "remove";
  if (entry.wanted === "Archived") return isUp(observation) ? "halt" : "rest";
  if (entry.failure !== undefined) return "rest";
  if (entry.restart) return isLost(snapshot) ? "relocate" : "halt";
  if (entry.record.spec.worktree && entry.record.commit === "") return "capture";
  // The place it worked in is gone. Only a person decides that it begins again.
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
