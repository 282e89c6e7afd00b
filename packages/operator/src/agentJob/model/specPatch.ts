import type { LiveCronJob, LiveJob } from "./objects.ts";

/** A merge patch of one object's spec and annotations. */
export interface SpecPatch {
  readonly kind: "Job" | "CronJob";
  readonly object: LiveJob | LiveCronJob;
  readonly spec: { readonly suspend?: boolean; readonly ttlSecondsAfterFinished?: number };
  readonly annotations?: Readonly<Record<string, string | null>>;
}
