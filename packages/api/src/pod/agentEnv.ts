import { RUN_ENV } from "@clauderon/protocol";
import type { EnvVar } from "kubernetes-types/core/v1.js";
import type { ResolvedAgentJob } from "../run/resolvedAgentJob.ts";
import { GIT_TOKENS, HOME, workspacePath } from "./agentPaths.ts";
import { variableWithText } from "./quantityText.ts";

/**
 * The environment of the agent's container, each name once: server-side apply refuses a list with a name twice.
 *
 * The job's own variables may replace HOME and the workspace; the credential, and where configuration, volume and tokens
 * are, stay what the operator says. As in the kubelet, the last of several entries of one name counts.
 */
export function agentEnv(resolved: ResolvedAgentJob): EnvVar[] {
  const { job, runtime, auth, repositories } = resolved;
  const hasTokens = repositories.some(({ spec }) => spec.tokenSecretRef !== undefined);
  const convenient: EnvVar[] = [
    { name: "HOME", value: HOME },
    { name: RUN_ENV.workspace, value: workspacePath(resolved) },
  ];
  const fixed: EnvVar[] = [
    { name: RUN_ENV.configPath, value: runtime.spec.configPath },
    ...(job.spec.persist ? [{ name: RUN_ENV.persistPath, value: runtime.spec.persistPath }] : []),
    ...(hasTokens ? [{ name: RUN_ENV.gitTokens, value: GIT_TOKENS }] : []),
    { name: RUN_ENV.authEnvVar, value: runtime.spec.authEnvVar },
    { name: runtime.spec.authEnvVar, valueFrom: { secretKeyRef: auth.spec.secretRef } },
  ];
  return lastOfEachName([...convenient, ...(job.spec.env ?? []).map(variableWithText), ...fixed]);
}

function lastOfEachName(variables: readonly EnvVar[]): EnvVar[] {
  const last = new Map(variables.map((variable, index) => [variable.name, index]));
  return variables.filter((variable, index) => last.get(variable.name) === index);
}
