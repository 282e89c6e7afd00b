import type { AgentJob } from "@clauderon/kinds";
import { Fault, type KubeObject } from "@clauderon/base";

/** The objects of the manifests by kind and name. Namespaces do not matter on one machine. */
export class ManifestSet {
  readonly #objects: readonly KubeObject[];

  constructor(objects: readonly KubeObject[]) {
    this.#objects = objects;
  }

  find(kind: string, name: string): KubeObject | undefined {
    return this.#objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  ofKind(kind: string): readonly KubeObject[] {
    return this.#objects.filter((object) => object.kind === kind);
  }
}

/** The AgentJob to run: the one named, or the only one. */
export function selectAgentJob(manifests: ManifestSet, name: string | undefined): AgentJob {
  const jobs = manifests.ofKind("AgentJob") as readonly AgentJob[];
  const names = jobs.map((job) => job.metadata.name).join(", ");
  if (jobs.length === 0) throw new Fault("SPEC_INVALID", "The manifests contain no AgentJob");
  const job =
    name === undefined ? (jobs.length === 1 ? jobs[0] : undefined) : jobs.find((job) => job.metadata.name === name);
  if (job !== undefined) return job;
  const message =
    name === undefined ? "The manifests contain several AgentJobs" : `AgentJob "${name}" is not in the manifests`;
  throw new Fault("USAGE", message, { hint: `Name one of: ${names}` });
}
