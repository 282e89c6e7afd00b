import { resolveConfig } from "@clauderon/config";
import { absolutePath } from "./absolutePath.ts";

const ENABLE = "--enable-kubernetes-backend";

/** What the command line says about the daemon's Kubernetes backend. */
export interface DaemonFlags {
  readonly enableKubernetesBackend?: string | boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

interface CallerShell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** The daemon's arguments for these flags, each checked; a path is relative to the folder of the command. */
export function daemonArguments(
  { enableKubernetesBackend, kubeconfig, context, namespace }: DaemonFlags,
  { environment, workingDirectory }: CallerShell,
): readonly string[] {
  const given = [
    ["features.kubernetes_backend", ENABLE, enableKubernetesBackend],
    ["kubernetes.kubeconfig", "--kubeconfig", kubeconfig && absolutePath(kubeconfig, workingDirectory)],
    ["kubernetes.context", "--context", context],
    ["kubernetes.namespace", "--namespace", namespace],
  ] as const;
  const said = given.flatMap(([name, flag, value]) => (value === undefined ? [] : [{ name, flag, value }]));
  if (said.length === 0) return [];
  const flags = Object.fromEntries(said.map(({ name, flag, value }) => [name, { flag, value }]));
  const { values } = resolveConfig({ flags, environment, file: undefined });
  return said.map(({ flag, value }) => `${flag}=${flag === ENABLE ? values.features.kubernetes_backend : value}`);
}
