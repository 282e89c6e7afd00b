import { type AgentJob, childNames } from "@clauderon/kinds";
import { quantityNanos } from "@clauderon/base";
import type { LiveVolumeClaim } from "./objects.ts";
import { childMeta } from "./ownership.ts";

const DEFAULT_SIZE = "1Gi";

/** The volume claim of an AgentJob with `persist`. A live claim only grows; no other change is possible. */
export function volumeClaim(job: AgentJob, live: LiveVolumeClaim | undefined): LiveVolumeClaim {
  const { size = DEFAULT_SIZE, storageClassName } = job.spec.persistence ?? {};
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: childMeta(job, childNames(job).data),
    spec: live?.spec === undefined ? fresh(String(size), storageClassName) : grown(live.spec, String(size)),
  };
}

type ClaimSpec = NonNullable<LiveVolumeClaim["spec"]>;

function fresh(storage: string, storageClassName: string | undefined): ClaimSpec {
  const resources = { requests: { storage } };
  return { accessModes: ["ReadWriteOnce"], resources, ...(storageClassName === undefined ? {} : { storageClassName }) };
}

function grown({ accessModes = [], resources, storageClassName }: ClaimSpec, wanted: string): ClaimSpec {
  const has = resources?.requests?.["storage"] ?? "0";
  const storage = (quantityNanos(wanted) ?? 0n) > (quantityNanos(has) ?? 0n) ? wanted : has;
  return {
    accessModes,
    resources: { requests: { storage } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  };
}
