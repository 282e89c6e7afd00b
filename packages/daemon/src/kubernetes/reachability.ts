import { Fault, type KubeObject } from "@clauderon/base";
import { ApiError, type KubeClient, type ListOptions, type Resource, type WatchOptions } from "@clauderon/kube";

/**
 * Lists and watches for informers, and remembers why they fail. Informers only try again, however long that takes, but a
 * person wants to know why a session shows nothing.
 */
export class Reachability implements Pick<KubeClient, "list" | "watch"> {
  readonly #client: Pick<KubeClient, "list" | "watch">;
  readonly #changed: () => void;
  readonly #problems = new Map<string, Fault | ApiError>();

  constructor(client: Pick<KubeClient, "list" | "watch">, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
  }

  /** Why objects of the resource cannot be read at the moment; undefined if they can. */
  problem(resource: Resource): Fault | ApiError | undefined {
    return this.#problems.get(resource.plural);
  }

  async list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions) {
    try {
      const page = await this.#client.list(resource, options);
      this.#note(resource, undefined);
      return page;
    } catch (thrown) {
      this.#note(resource, thrown);
      throw thrown;
    }
  }

  async *watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions) {
    try {
      // A watch that starts is silent until something changes. Only a list shows that the server answers again.
      if (this.#problems.has(resource.plural)) await this.list(resource, { ...selectionOf(options), limit: 1 });
      yield* this.#client.watch(resource, options);
    } catch (thrown) {
      this.#note(resource, thrown);
      throw thrown;
    }
  }

  #note({ plural }: Resource, thrown: unknown): void {
    const before = this.#problems.get(plural);
    // The informer fixes an expired version by listing again.
    const isProblem = thrown instanceof Fault || (thrown instanceof ApiError && thrown.status !== 410);
    if (isProblem) this.#problems.set(plural, thrown);
    else this.#problems.delete(plural);
    if (before?.message !== this.#problems.get(plural)?.message) this.#changed();
  }
}

function selectionOf({ namespace, labelSelector }: WatchOptions): ListOptions {
  return { ...(namespace !== undefined && { namespace }), ...(labelSelector !== undefined && { labelSelector }) };
}
