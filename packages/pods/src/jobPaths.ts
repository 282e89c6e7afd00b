import type { ResolvedAgentJob } from "@clauderon/kinds";

export const HOME = "/home/agent";
export const TEMPORARY = "/tmp";
export const GIT_TOKENS = "/var/run/thurkube/git";

const WORKSPACE = "/workspace";

/** The folder for checkouts: on the job's volume if it has one, otherwise a scratch folder. */
export function workspacePath({ job, runtime }: ResolvedAgentJob): string {
  return job.spec.persist ? `${withoutTrailingSlash(runtime.spec.persistPath)}${WORKSPACE}` : WORKSPACE;
}

export function withoutTrailingSlash(path: string): string {
  return path.replace(/\/+$/, "");
}
