import { canonicalJson, sha256Hex } from "@clauderon/base";
import { renderAgentConfig } from "./renderAgentConfig.ts";
import type { ResolvedAgentJob } from "./resolvedAgentJob.ts";

/** The schema's default, which the hash omits. See {@link runInputsHash}. */
const DEFAULT_TIMEOUT_SECONDS = 3600;

/**
 * Hashes the inputs of a run to ten hexadecimal digits: `status.configHash`, and part of the name of a one-shot's Job, so a
 * one-shot runs once for each hash.
 *
 * The hash covers the inputs, not the objects built from them, and omits members that are unset, empty or at their default.
 * So neither an operator that builds another pod nor a new optional field makes finished jobs run again. Add each new spec
 * field here, and make sure that its default does not change the hash. The hash excludes what takes effect without a new
 * run: schedule, timezone, suspend, the size of the volume, ClusterAccess rules, egress.
 *
 * Remembers the hash of an unchanged job, because prompts are long and passes are many. This assumes that objects never
 * change in place: an informer replaces them.
 */
export function runInputsHash(resolved: ResolvedAgentJob): string {
  const parts = partsOf(resolved);
  const known = KNOWN.get(resolved.job);
  if (known?.parts.length === parts.length && known.parts.every((part, index) => part === parts[index])) {
    return known.hash;
  }
  const hash = hashInputs(resolved);
  KNOWN.set(resolved.job, { parts, hash });
  return hash;
}

const KNOWN = new WeakMap<object, { readonly parts: readonly unknown[]; readonly hash: string }>();

/** The objects that the hash depends on, compared by identity. The count keeps the two lists apart. */
function partsOf({ mcpServers, repositories, ...rest }: ResolvedAgentJob): readonly unknown[] {
  const { job, runtime, auth, role, skill, clusterAccess } = rest;
  return [job, runtime, auth, role, skill, clusterAccess, mcpServers.length, ...mcpServers, ...repositories];
}

function hashInputs(resolved: ResolvedAgentJob): string {
  const { job, runtime, auth, repositories, clusterAccess } = resolved;
  const inputs = {
    agent: renderAgentConfig(resolved),
    runtime: {
      image: runtime.spec.image,
      command: runtime.spec.command,
      authEnvVar: runtime.spec.authEnvVar,
      configPath: runtime.spec.configPath,
      persistPath: runtime.spec.persistPath,
      imagePullPolicy: runtime.spec.imagePullPolicy,
      imagePullSecrets: runtime.spec.imagePullSecrets,
    },
    auth: auth.spec.secretRef,
    delivery: auth.spec.delivery === "Proxy" ? "Proxy" : undefined,
    tokens: Object.fromEntries(repositories.map(({ metadata, spec }) => [metadata.name, spec.tokenSecretRef])),
    resources: job.spec.resources,
    env: job.spec.env,
    envFrom: job.spec.envFrom,
    timeoutSeconds: job.spec.timeoutSeconds === DEFAULT_TIMEOUT_SECONDS ? undefined : job.spec.timeoutSeconds,
    persist: job.spec.persist,
    clusterAccess: clusterAccess !== undefined,
  };
  return sha256Hex(canonicalJson(withoutEmpty(inputs))).slice(0, 10);
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === "" || value === false;
}
