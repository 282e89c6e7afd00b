import { sessionObjectName } from "@clauderon/pods";
import type { SessionRecord } from "../../model/sessionRecord.ts";

/** What stays in the cluster when a session is deleted only here, and how to remove it; nothing if nothing was made. */
export function leftBehind({ name, place }: SessionRecord, usual: string): readonly string[] {
  if (place === null) return [];
  const { namespace, context } = place ?? { namespace: usual };
  const cluster = context === undefined ? "the cluster that it was created in" : `the cluster of context "${context}"`;
  const flags = [...(context === undefined ? [] : ["--context", context]), "--namespace", namespace].join(" ");
  return [
    `PersistentVolumeClaim, Pod, ConfigMap and Secret "${sessionObjectName(name)}" stay in namespace "${namespace}" of ${cluster}, ` +
      "with the work that was not fetched",
    `If that cluster exists, delete them with \`kubectl delete pod,pvc --selector session=${name} ${flags}\`, ` +
      "or continue the session with `clauderon reconcile` when the daemon uses that cluster again",
  ];
}
