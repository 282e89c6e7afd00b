import type { ResolvedAgentJob } from "@clauderon/kinds";

/** What of an AgentJob has no effect on one machine; told before the run, so that nobody takes it for granted. */
export function notesOn({ job, clusterAccess }: ResolvedAgentJob): readonly string[] {
  const { spec } = job;
  return [
    ...(spec.schedule === undefined ? [] : [`schedule "${spec.schedule}" is for the cluster; this runs once, now`]),
    ...(clusterAccess === undefined
      ? []
      : [`clusterAccessRef has no effect here: the agent gets no access to a cluster`]),
    ...(spec.resources === undefined ? [] : ["resources are not limited on this machine"]),
  ];
}
