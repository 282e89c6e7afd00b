import { type AgentJob, childLabels, LABELS } from "@clauderon/kinds";
import type { KubeObject, OwnerReference } from "@clauderon/base";

/** The AgentJob as controller of its namespaced child objects. The garbage collector deletes them with it. */
export function ownerReference(job: AgentJob): OwnerReference {
  return {
    apiVersion: job.apiVersion,
    kind: job.kind,
    name: job.metadata.name,
    uid: job.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Metadata of a child object in the AgentJob's namespace. */
export function childMeta(job: AgentJob, name: string) {
  const { namespace = "" } = job.metadata;
  return { name, namespace, labels: childLabels(job), ownerReferences: [ownerReference(job)] };
}

/**
 * True if the object is a child of this AgentJob. For a namespaced object the controlling owner decides, or the uid label
 * if somebody removed the owner. A cluster-scoped object cannot have a namespaced owner, so its labels decide, without the
 * uid: the AgentJob takes over objects of an earlier AgentJob with the same name, which would otherwise stay forever.
 */
export function isChild(job: AgentJob, object: KubeObject): boolean {
  const { namespace, labels = {}, ownerReferences = [] } = object.metadata;
  if (namespace === undefined) {
    const wanted = Object.entries(childLabels(job)).filter(([label]) => label !== LABELS.ownerUid);
    return wanted.every(([label, value]) => labels[label] === value);
  }
  const controller = ownerReferences.find((owner) => owner.controller === true);
  return controller === undefined ? labels[LABELS.ownerUid] === job.metadata.uid : controller.uid === job.metadata.uid;
}

/** Index value that leads from the labels of a child object to its AgentJob. */
export function labelKey(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  const namespace = labels?.[LABELS.agentJobNamespace];
  const name = labels?.[LABELS.agentJob];
  return namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`;
}
