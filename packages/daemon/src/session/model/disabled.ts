import { Fault } from "@clauderon/base";
import type { Session } from "@clauderon/protocol";
import type { Entry } from "../../registry/model/entry.ts";

/** The Fault for a backend that this daemon does not have. */
export const disabled = (backend: string) =>
  new Fault("FEATURE_DISABLED", `The backend "${backend}" is not enabled`, {
    hint: "Stop the daemon with clauderon daemon stop. Then start it with --enable-kubernetes-backend or CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND=1, or set kubernetes_backend = true under [features] in config.toml",
  });

/** What the API returns for a session whose backend is off. */
export function disabledSession({ record: { name, uid, createdTime, spec } }: Entry): Session {
  const { message, hint } = disabled(spec.backend);
  const status = {
    phase: "Error" as const,
    reason: "FeatureDisabled",
    message,
    ...(hint === undefined ? {} : { hint }),
  };
  return { name, uid, createdTime, spec, status: { ...status, activity: "Unknown" } };
}
