import { resolveConfig } from "@clauderon/config";

const FLAG = "--enable-kubernetes-backend";

/** The daemon's arguments for what was said of the kubernetes backend: nothing, a bare flag, or a word that is checked. */
export function daemonArguments(
  enable: string | boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (enable === undefined) return [];
  const flags = { "features.kubernetes_backend": { flag: FLAG, value: enable } };
  const { values } = resolveConfig({ flags, environment, file: undefined });
  return [`${FLAG}=${values.features.kubernetes_backend}`];
}
