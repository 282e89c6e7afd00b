import type { Log } from "@clauderon/base";
import type { Informer, InformerSet } from "@clauderon/controller";
import { crds } from "@clauderon/kinds";
import { CRDS } from "@clauderon/kube";
import { crdGaps, crdProblem, type LiveCrd } from "./model/crdGaps.ts";

/** Watches the eight CRDs by name, so that the operator needs no right on others and holds none in memory. */
export class CrdWatch {
  readonly #informers: readonly Informer<LiveCrd>[];
  readonly #log: Log;
  readonly #changed: () => void;
  #problem: string | undefined;

  /** Calls `changed` when the problem appears, changes, or is gone. */
  constructor(informers: InformerSet, log: Log, changed: () => void) {
    this.#log = log;
    this.#changed = changed;
    this.#informers = crds().map(({ metadata }) =>
      informers.informer<LiveCrd>(CRDS, { fieldSelector: `metadata.name=${metadata?.name}` }),
    );
    for (const informer of this.#informers) informer.onChange(() => this.look());
    void Promise.all(this.#informers.map((informer) => informer.whenSynced())).then(() => this.look());
  }

  /** Why no run can start with the CRDs of the cluster, once they have been read; undefined if they are up to date. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Compares the CRDs again. */
  look(): void {
    if (this.#informers.some(({ synced }) => !synced)) return;
    const problem = crdProblem(crdGaps(this.#informers.flatMap((informer) => informer.list())));
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem === undefined) this.#log.info("The CRDs are up to date");
    else this.#log.warn("No run starts", { reason: problem });
    this.#changed();
  }
}
