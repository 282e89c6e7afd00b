import { RUN_ENV } from "@clauderon/protocol";
import type { EnvVar } from "kubernetes-types/core/v1.js";
import { isBehindProxy, jobPlaceholders, type ResolvedAgentJob } from "@clauderon/kinds";
import { GIT_TOKENS, HOME, workspacePath } from "./jobPaths.ts";
import { proxiedJob } from "./proxiedJob.ts";
import { variableWithText } from "./quantityText.ts";

/**
 * The environment of the agent's container, each name once: server-side apply refuses a list with a name twice.
 *
 * The job's own variables can override HOME and the workspace, but not the credential, the proxy, the timeout and the paths
 * of configuration, volume and tokens. As in the kubelet, the last of several entries with one name counts.
 */
export function jobEnvironment(resolved: ResolvedAgentJob): EnvVar[] {
  const { job, runtime, repositories } = resolved;
  const hasTokens = repositories.some(({ spec }) => spec.tokenSecretRef !== undefined);
  const own = (job.spec.env ?? []).map(variableWithText);
  const secrets = own.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined).map(({ name }) => name);
  const convenient: EnvVar[] = [
    { name: "HOME", value: HOME },
    { name: RUN_ENV.workspace, value: workspacePath(resolved) },
  ];
  const fixed: EnvVar[] = [
    { name: RUN_ENV.configPath, value: runtime.spec.configPath },
    ...(job.spec.persist ? [{ name: RUN_ENV.persistPath, value: runtime.spec.persistPath }] : []),
    ...(hasTokens ? [{ name: RUN_ENV.gitTokens, value: GIT_TOKENS }] : []),
    ...(secrets.length > 0 ? [{ name: RUN_ENV.secretVariables, value: secrets.join(",") }] : []),
    { name: RUN_ENV.timeoutSeconds, value: String(runnerSeconds(job.spec.timeoutSeconds)) },
    { name: RUN_ENV.authEnvVar, value: runtime.spec.authEnvVar },
    credentialOf(resolved),
    ...(proxiedJob(resolved)?.environment ?? []),
  ];
  return lastOfEachName([...convenient, ...own, ...fixed]);
}

function credentialOf(resolved: ResolvedAgentJob): EnvVar {
  const { runtime, auth } = resolved;
  const { authEnvVar: name } = runtime.spec;
  if (!isBehindProxy(resolved)) return { name, valueFrom: { secretKeyRef: auth.spec.secretRef } };
  return { name, value: jobPlaceholders(resolved).get(name) ?? "" };
}

/**
 * The runner stops the agent shortly before the Job's deadline, which counts from the start of the Job, so that it can still
 * write its summary. The margin is a tenth of the time, at most 15 s.
 */
function runnerSeconds(timeoutSeconds: number): number {
  return Math.max(1, timeoutSeconds - Math.min(15, Math.ceil(timeoutSeconds / 10)));
}

function lastOfEachName(variables: readonly EnvVar[]): EnvVar[] {
  const last = new Map(variables.map((variable, index) => [variable.name, index]));
  return variables.filter((variable, index) => last.get(variable.name) === index);
}
