import { type GrantCredential, placeholderOf, serviceOfVariable } from "@clauderon/protocol/proxy";
import type { ResolvedAgentJob } from "./resolvedAgentJob.ts";

/** Whether the runs of an AgentJob reach only the proxy of their namespace, which has their credentials. */
export function isBehindProxy({ auth }: Pick<ResolvedAgentJob, "auth">): boolean {
  return auth.spec.delivery === "Proxy";
}

/** The credential of a repository at the proxy. */
export const repositoryCredential = (repository: string): string => `git-${repository}`;

/** The credentials that the proxy uses for a run behind it, by reference; undefined if no service takes the agent's. */
export function jobCredentials({
  runtime,
  auth,
  repositories,
}: ResolvedAgentJob): readonly GrantCredential[] | undefined {
  const name = runtime.spec.authEnvVar;
  const service = serviceOfVariable(name);
  if (service === undefined) return undefined;
  const ofRepositories = repositories.flatMap(({ metadata, spec }): readonly GrantCredential[] =>
    spec.tokenSecretRef === undefined
      ? []
      : [{ name: repositoryCredential(metadata.name), service: "github", secretRef: spec.tokenSecretRef }],
  );
  return [{ name, service, secretRef: auth.spec.secretRef }, ...ofRepositories];
}

/** What stands for each credential in the pod, by its name at the proxy. */
export function jobPlaceholders(resolved: ResolvedAgentJob): ReadonlyMap<string, string> {
  const { uid = "" } = resolved.job.metadata;
  const credentials = jobCredentials(resolved) ?? [];
  return new Map(credentials.map(({ name, service }) => [name, placeholderOf({ name, service }, uid)]));
}
