import { GROUP } from "./group.ts";

/** Labels of every object that the operator creates. */
export const LABELS = {
  managedBy: "app.kubernetes.io/managed-by",
  agentJob: `${GROUP}/agentjob`,
  agentJobNamespace: `${GROUP}/agentjob-namespace`,
  ownerUid: `${GROUP}/owner-uid`,
  configHash: `${GROUP}/config-hash`,
} as const;

/** Annotation of a Job that the operator has suspended for spec.suspend. It resumes no other Job. */
export const SUSPENDED_ANNOTATION = `${GROUP}/suspended`;

/** Value of the label managedBy. */
export const MANAGED_BY = "thurkube";

/** Field manager of the operator's server-side applies. */
export const FIELD_MANAGER = "thurkube";

/** The finalizer of an AgentJob, set while cluster-scoped objects exist for it. */
export const FINALIZER = `${GROUP}/finalizer`;
