import type { RunnerStatus } from "@clauderon/protocol";

/** What a status says in the runner's log: state, activity and turns; no word of the agent's or the user's. */
export function activityLine({ state, activity, turns, exitCode }: RunnerStatus): string {
  const exit = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  return state === "Running" ? `${activity}, turn ${turns}` : `${state}: ${activity}, turn ${turns}${exit}`;
}
