import type { ResolvedAgentJob } from "@clauderon/kinds";

/**
 * The fields of an AgentJob that have no effect on one machine; printed before the run, so that the user does not rely
 * on them.
 */
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
