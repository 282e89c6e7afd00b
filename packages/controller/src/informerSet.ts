import type { KubeObject } from "@clauderon/base";
import type { KubeClient, Resource } from "@clauderon/kube";
import { Informer, type InformerOptions } from "./informer.ts";
import { orAborted } from "./orAborted.ts";
import type { Surroundings } from "./reflector.ts";

/** The informers of a process: one for each resource, namespace and selector, shared by all callers. */
export class InformerSet {
  readonly #client: Pick<KubeClient, "list" | "watch">;
  readonly #surroundings: Surroundings;
  readonly #informers = new Map<string, Informer<KubeObject>>();
  readonly #transforms = new Map<string, unknown>();
  #signal: AbortSignal | undefined;

  constructor(client: Pick<KubeClient, "list" | "watch">, surroundings: Surroundings) {
    this.#client = client;
    this.#surroundings = surroundings;
  }

  /**
   * Returns the informer of that selection. The first call creates it, and runs it if the set has started. Indexes of
   * several calls are merged. Throws for a second transform of one selection, which is a bug.
   */
  informer<T extends KubeObject>(resource: Resource<T>, options: InformerOptions<T> = {}): Informer<T> {
    const { group, version, plural } = resource;
    const key = JSON.stringify([
      group,
      version,
      plural,
      options.namespace,
      options.labelSelector,
      options.fieldSelector,
    ]);
    const existing = this.#informers.get(key) as Informer<T> | undefined;
    if (existing !== undefined) {
      if (this.#transforms.get(key) !== options.transform) throw new Error(`Two transforms for one informer: ${key}`);
      existing.addIndexes(options.indexes ?? {});
      return existing;
    }
    const informer = new Informer(this.#client, resource, options, this.#surroundings);
    this.#informers.set(key, informer as unknown as Informer<KubeObject>);
    this.#transforms.set(key, options.transform);
    if (this.#signal !== undefined) void informer.run(this.#signal);
    return informer;
  }

  /** Runs all informers, including later ones, until the signal aborts. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    for (const informer of this.#informers.values()) void informer.run(signal);
  }

  /** True if every informer has synced. */
  get isSynced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced);
  }

  /** Resolves with true when every informer has synced, or with false when the signal aborts first. */
  async synced(signal: AbortSignal): Promise<boolean> {
    const all = Promise.all(Array.from(this.#informers.values(), (informer) => informer.whenSynced()));
    return (await orAborted(all, signal)) !== undefined;
  }
}
