import { type AgentJob, childLabels, LABELS } from "@clauderon/kinds";
import type { KubeObject, ObjectMeta, OwnerReference } from "@clauderon/base";

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
 * True for a Job or pod of this AgentJob's runs: it is in the AgentJob's namespace and has its uid in a label. The
 * namespace counts because labels and uids are not secret: people of other namespaces could otherwise forge a result.
 */
export function isOfRuns(job: AgentJob, { metadata: { namespace, labels } }: KubeObject): boolean {
  return namespace === job.metadata.namespace && labels?.[LABELS.ownerUid] === job.metadata.uid;
}

/**
 * True if the object is a child of this AgentJob. A namespaced child is in the AgentJob's namespace; for it the controlling owner decides, or the uid label
 * if somebody removed the owner. A cluster-scoped object cannot have a namespaced owner, so its labels decide, without the
 * uid: the AgentJob takes over objects of an earlier AgentJob with the same name, which would otherwise stay forever.
 */
export function isChild(job: AgentJob, object: KubeObject): boolean {
  const { namespace, labels = {}, ownerReferences = [] } = object.metadata;
  if (namespace === undefined) {
    const wanted = Object.entries(childLabels(job)).filter(([label]) => label !== LABELS.ownerUid);
    return wanted.every(([label, value]) => labels[label] === value);
  }
  if (namespace !== job.metadata.namespace) return false;
  const controller = ownerReferences.find((owner) => owner.controller === true);
  return controller === undefined ? labels[LABELS.ownerUid] === job.metadata.uid : controller.uid === job.metadata.uid;
}

/** The labels and the place of an object, or of a child that an AgentJob would have. */
type Labelled = Pick<ObjectMeta, "labels" | "namespace">;

/**
 * Index value that leads from the labels of a child object to its AgentJob; undefined if the labels name none, or one in
 * another namespace than the object's own.
 */
export function labelKey({ namespace: own, labels }: Labelled): string | undefined {
  const namespace = labels?.[LABELS.agentJobNamespace];
  const name = labels?.[LABELS.agentJob];
  if (namespace === undefined || name === undefined || (own !== undefined && own !== namespace)) return undefined;
  return `${namespace}/${name}`;
}
