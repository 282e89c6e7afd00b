import { canonicalJson, type KubeObject, MAX_NAME, safeName, sha256Hex } from "@clauderon/base";
import { grantSecretName } from "@clauderon/protocol/proxy";
import { LABELS, MANAGED_BY } from "../labels.ts";

/** A CronJob's name may have 52 characters: its Jobs get eleven more (Kubernetes, "CronJob"). */
const MAX_CRON_JOB_NAME = 52;

/** The part of an AgentJob that decides the names and labels of its child objects. */
type Owner = Pick<KubeObject, "metadata">;

/**
 * Names of the child objects of an AgentJob. A name that is too long for Kubernetes is cut and made unique by a hash. The
 * ClusterRole and its binding share one name, which always contains a hash of namespace and name: joined by a dash alone,
 * `a-b`/`c` and `a`/`b-c` would be the same name.
 */
export function childNames(job: Owner) {
  const { name, namespace = "", uid = "" } = job.metadata;
  return {
    /** Also of the Secret that the proxy makes for it. */
    grant: grantSecretName(uid),
    config: safeName(name, "config"),
    data: safeName(name, "data"),
    serviceAccount: safeName(name, "runner"),
    cronJob: safeName(name, "", MAX_CRON_JOB_NAME),
    job: (hash: string) => safeName(name, hash),
    clusterRole: safeName(`thurkube-${namespace}-${name}`, sha256Hex(canonicalJson([namespace, name])).slice(0, 10)),
  };
}

/** Labels of the child objects of an AgentJob. A name that is too long for a label value is shortened. */
export function childLabels(job: Owner): Record<string, string> {
  const { name, namespace = "", uid } = job.metadata;
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.agentJob]: name.length <= MAX_NAME ? name : safeName(name),
    [LABELS.agentJobNamespace]: namespace,
    ...(uid === undefined ? {} : { [LABELS.ownerUid]: uid }),
  };
}
