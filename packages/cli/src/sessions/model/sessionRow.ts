import type { Session } from "@clauderon/protocol";
import type { UsageTotals } from "@clauderon/protocol/proxy";
import { usageCells } from "../../egress/model/usageText.ts";

export const SESSION_HEADINGS = ["NAME", "BACKEND", "AGENT", "PHASE", "ACTIVITY", "BRANCH", "AGE"] as const;

/** A session as a row of `clauderon list`. */
export function sessionRow({ name, spec, status }: Session, age: string): readonly string[] {
  return [name, spec.backend, spec.agent, phaseText(status), activityText(status), spec.branch, age];
}

export const WIDE_HEADINGS = [...SESSION_HEADINGS, "EGRESS", "TOKENS", "COST"] as const;

/** A session as a row of `clauderon list --wide`. */
export function wideRow(session: Session, age: string, usage: UsageTotals | undefined): readonly string[] {
  return [...sessionRow(session, age), session.spec.egress?.mode ?? "Open", ...usageCells(usage)];
}

/** The phase, with its reason when that adds something. */
export function phaseText({ phase, reason }: Session["status"]): string {
  return reason === undefined || reason === phase ? phase : `${phase} (${reason})`;
}

/** The activity of a running agent. */
function activityText({ phase, activity }: Session["status"]): string {
  return phase === "Running" && activity !== "Unknown" ? activity : "-";
}
