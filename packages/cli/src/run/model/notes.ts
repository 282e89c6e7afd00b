import type { ResolvedAgentJob } from "@clauderon/kinds";

/** What of an AgentJob has no effect on one machine; told before the run, so that nobody takes it for granted. */
export function notesOn({ job, clusterAccess }: ResolvedAgentJob): readonly string[] {
  const { spec } = job;
  return [
    ...(spec.schedule === undefined
      ? []
      : [`The schedule "${spec.schedule}" applies only in a cluster. This command runs the AgentJob once, now`]),
    ...(clusterAccess === undefined
      ? []
      : ["clusterAccessRef has no effect on this machine: the agent gets no access to a cluster"]),
    ...(spec.resources === undefined ? [] : ["spec.resources has no effect on this machine"]),
  ];
}
