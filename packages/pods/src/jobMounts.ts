import type { Volume, VolumeProjection } from "kubernetes-types/core/v1.js";
import { childNames, isBehindProxy, repositoryCredential, type ResolvedAgentJob } from "@clauderon/kinds";
import { GIT_TOKENS, HOME, TEMPORARY, withoutTrailingSlash, workspacePath } from "./jobPaths.ts";
import { claimMount, configMount, type Mount, scratchMount } from "./lockedDown.ts";
import { proxiedJob } from "./proxiedJob.ts";

/** Readable only by the agent's group, which is the pod's fsGroup. */
const TOKEN_MODE = 0o440;

/**
 * Volumes of a job's pod and their mount paths. If a scratch folder has the path of another mount, for example with the
 * persistPath /home/agent, it is omitted: Kubernetes refuses two mounts at one path.
 */
export function jobMounts(resolved: ResolvedAgentJob, configFile: string): readonly Mount[] {
  const { job, runtime, repositories } = resolved;
  const names = childNames(job);
  const wanted = [configMount(names.config, runtime.spec.configPath, [configFile])];
  if (job.spec.persist) wanted.push(claimMount("data", names.data, runtime.spec.persistPath));
  const proxied = proxiedJob(resolved);
  if (proxied !== undefined) wanted.push(proxied.mount);
  const source = isBehindProxy(resolved) ? placeholderSource(names.grant) : tokenSource;
  const sources = repositories.flatMap(source);
  if (sources.length > 0) {
    const tokens: Volume = { name: "git-tokens", projected: { defaultMode: TOKEN_MODE, sources } };
    wanted.push({ volume: tokens, path: GIT_TOKENS, readOnly: true });
  }
  const taken = new Set(wanted.map(({ path }) => withoutTrailingSlash(path)));
  return [...wanted, ...scratch(resolved).filter(({ path }) => !taken.has(path))];
}

function scratch(resolved: ResolvedAgentJob): readonly Mount[] {
  return [
    scratchMount("tmp", TEMPORARY),
    scratchMount("home", HOME),
    ...(resolved.job.spec.persist ? [] : [scratchMount("workspace", workspacePath(resolved))]),
  ];
}

/** A file of the grant's ConfigMap in place of each token. */
const placeholderSource =
  (grant: string) =>
  ({ metadata, spec }: ResolvedAgentJob["repositories"][number]): VolumeProjection[] => {
    if (spec.tokenSecretRef === undefined) return [];
    const path = `${metadata.name}/token`;
    return [
      { configMap: { name: grant, items: [{ key: repositoryCredential(metadata.name), path, mode: TOKEN_MODE }] } },
    ];
  };

function tokenSource({ metadata, spec }: ResolvedAgentJob["repositories"][number]): VolumeProjection[] {
  if (spec.tokenSecretRef === undefined) return [];
  const { name, key } = spec.tokenSecretRef;
  return [{ secret: { name, items: [{ key, path: `${metadata.name}/token`, mode: TOKEN_MODE }] } }];
}
