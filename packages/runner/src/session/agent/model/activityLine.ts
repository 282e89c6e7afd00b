import type { RunnerStatus } from "@clauderon/protocol";

/** A status in the runner's log: state, activity and turns, without any text of the agent or the user. */
export function activityLine({ state, activity, turns, exitCode }: RunnerStatus): string {
  const exit = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  return state === "Running" ? `${activity}, turn ${turns}` : `${state}: ${activity}, turn ${turns}${exit}`;
}
