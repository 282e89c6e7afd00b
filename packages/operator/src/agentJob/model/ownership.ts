import { type AgentJob, childLabels, LABELS } from "@clauderon/kinds";
import type { KubeObject, OwnerReference } from "@clauderon/base";

/** The AgentJob as the controlling owner of its children in the namespace: the garbage collector removes them with it. */
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

/** Metadata of a child in the AgentJob's namespace. */
export function childMeta(job: AgentJob, name: string) {
  const { namespace = "" } = job.metadata;
  return { name, namespace, labels: childLabels(job), ownerReferences: [ownerReference(job)] };
}

/**
 * True when the object is this AgentJob's child. In the namespace the controlling owner decides, and the uid label when
 * somebody removed the owner. A cluster-scoped object cannot have such an owner: there the labels decide, without uid, so
 * what an earlier AgentJob of the same name left behind is taken over, not left as an orphan.
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

/** The labels by which any child leads back to its AgentJob, as one value to index by. */
export function labelKey(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  const namespace = labels?.[LABELS.agentJobNamespace];
  const name = labels?.[LABELS.agentJob];
  return namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`;
}
