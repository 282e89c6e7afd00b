import type { Volume, VolumeMount, VolumeProjection } from "kubernetes-types/core/v1.js";
import { childNames } from "../run/childNames.ts";
import type { ResolvedAgentJob } from "../run/resolvedAgentJob.ts";
import { GIT_TOKENS, HOME, TEMPORARY, withoutTrailingSlash, workspacePath } from "./agentPaths.ts";

/** Readable for the agent's group, which is the pod's fsGroup, and for nobody else. */
const TOKEN_MODE = 0o440;

interface Place {
  readonly volume: Volume;
  readonly path: string;
  readonly readOnly?: true;
}

/**
 * Volumes of the pod and where they are mounted. A scratch folder gives way where the runtime wants its own volume at the
 * very same path, as a persistPath of /home/agent does: Kubernetes refuses two mounts at one path.
 */
export function agentVolumes(resolved: ResolvedAgentJob, configFile: string) {
  const { job, runtime, repositories } = resolved;
  const names = childNames(job);
  const config: Volume = {
    name: "config",
    configMap: { name: names.config, items: [{ key: configFile, path: configFile }] },
  };
  const wanted: Place[] = [{ volume: config, path: runtime.spec.configPath, readOnly: true }];
  if (job.spec.persist) {
    const data: Volume = { name: "data", persistentVolumeClaim: { claimName: names.data } };
    wanted.push({ volume: data, path: runtime.spec.persistPath });
  }
  const sources = repositories.flatMap(tokenSource);
  if (sources.length > 0) {
    const tokens: Volume = { name: "git-tokens", projected: { defaultMode: TOKEN_MODE, sources } };
    wanted.push({ volume: tokens, path: GIT_TOKENS, readOnly: true });
  }
  const taken = new Set(wanted.map(({ path }) => withoutTrailingSlash(path)));
  const places = [...wanted, ...scratch(resolved).filter(({ path }) => !taken.has(path))];
  return { volumes: places.map(({ volume }) => volume), volumeMounts: places.map(mount) };
}

function scratch(resolved: ResolvedAgentJob): Place[] {
  const folders = [
    { name: "tmp", path: TEMPORARY },
    { name: "home", path: HOME },
    ...(resolved.job.spec.persist ? [] : [{ name: "workspace", path: workspacePath(resolved) }]),
  ];
  return folders.map(({ name, path }) => ({ volume: { name, emptyDir: {} }, path }));
}

function tokenSource({ metadata, spec }: ResolvedAgentJob["repositories"][number]): VolumeProjection[] {
  if (spec.tokenSecretRef === undefined) return [];
  const { name, key } = spec.tokenSecretRef;
  return [{ secret: { name, items: [{ key, path: `${metadata.name}/token`, mode: TOKEN_MODE }] } }];
}

function mount({ volume, path, readOnly }: Place): VolumeMount {
  return { name: volume.name, mountPath: path, ...(readOnly && { readOnly }) };
}
