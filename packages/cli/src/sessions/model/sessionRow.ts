import type { Session } from "@clauderon/protocol";

export const SESSION_HEADINGS = ["NAME", "BACKEND", "AGENT", "PHASE", "ACTIVITY", "BRANCH", "AGE"] as const;

/** A session as a row of `clauderon list`. */
export function sessionRow({ name, spec, status }: Session, age: string): readonly string[] {
  return [name, spec.backend, spec.agent, phaseText(status), activityText(status), spec.branch, age];
}

/** The phase, with its reason when that adds something. */
export function phaseText({ phase, reason }: Session["status"]): string {
  return reason === undefined || reason === phase ? phase : `${phase} (${reason})`;
}

/** The activity of a running agent. */
function activityText({ phase, activity }: Session["status"]): string {
  return phase === "Running" && activity !== "Unknown" ? activity : "-";
}
