import { childLabels, childNames, type ResolvedAgentJob } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { configMap } from "./configMap.ts";
import { desiredCronJob } from "./cronJob.ts";
import { grantMap } from "./grant.ts";
import type { LiveClusterRole, LiveClusterRoleBinding, LiveServiceAccount } from "./objects.ts";
import { childMeta } from "./ownership.ts";
import type { ChildKind, Children } from "./snapshot.ts";
import { volumeClaim } from "./volumeClaim.ts";

const RBAC = "rbac.authorization.k8s.io";

/** A child object: its desired and its live state. */
export interface DesiredChild {
  readonly kind: ChildKind;
  readonly desired: KubeObject;
  readonly live: KubeObject | undefined;
}

/** All child objects of a resolved AgentJob except its one-shot Job, in the order of their creation. */
export function desiredChildren(resolved: ResolvedAgentJob, hash: string, live: Children): readonly DesiredChild[] {
  const { job } = resolved;
  const wanted: { readonly [Kind in ChildKind]?: KubeObject | undefined } = {
    ConfigMap: configMap(resolved),
    Grant: grantMap(resolved, live.Grant),
    PersistentVolumeClaim: job.spec.persist ? volumeClaim(job, live.PersistentVolumeClaim) : undefined,
    ...(resolved.clusterAccess === undefined ? {} : accessChildren(resolved, resolved.clusterAccess.spec.rules)),
    CronJob: job.spec.schedule === undefined ? undefined : desiredCronJob(resolved, job.spec.schedule, hash),
  };
  return Object.entries(wanted).flatMap(([name, desired]) => {
    const kind = name as ChildKind;
    return desired === undefined ? [] : [{ kind, desired, live: live[kind] }];
  });
}

function accessChildren(resolved: ResolvedAgentJob, rules: NonNullable<LiveClusterRole["rules"]>) {
  const { job } = resolved;
  const names = childNames(job);
  const metadata = { name: names.clusterRole, labels: childLabels(job) };
  const account: LiveServiceAccount = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: childMeta(job, names.serviceAccount),
    automountServiceAccountToken: false,
  };
  const role: LiveClusterRole = { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata, rules };
  const binding: LiveClusterRoleBinding = {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: names.clusterRole },
    subjects: [{ kind: "ServiceAccount", name: names.serviceAccount, namespace: job.metadata.namespace ?? "" }],
  };
  return { ServiceAccount: account, ClusterRole: role, ClusterRoleBinding: binding };
}
