import { SUSPENDED_ANNOTATION } from "@clauderon/kinds";
import type { LiveJob } from "./objects.ts";
import type { SpecPatch } from "./specPatch.ts";

/** True if spec.suspend of the AgentJob suspended the Job, and not Kueue or a person. */
export function isSuspendedByUs({ metadata }: LiveJob): boolean {
  return metadata.annotations?.[SUSPENDED_ANNOTATION] !== undefined;
}

/** Suspends a Job and marks it, or resumes a marked one: two who disagree about a suspension would write without end. */
export function suspension(live: LiveJob, suspend: boolean): readonly SpecPatch[] {
  const isSuspended = live.spec?.suspend ?? false;
  if (suspend ? isSuspended : !isSuspendedByUs(live)) return [];
  const annotations = { [SUSPENDED_ANNOTATION]: suspend ? "true" : null };
  return [{ kind: "Job", object: live, spec: { suspend }, annotations }];
}
