import { Fault, type KubeObject } from "@clauderon/base";
import { ApiError, type KubeClient, type ListOptions, type Resource, type WatchOptions } from "@clauderon/kube";

/**
 * The lists and watches of informers, and what stands in their way at the moment: informers themselves only try again,
 * however long that takes, and a person wants to know why a session shows nothing.
 */
export class Reachability implements Pick<KubeClient, "list" | "watch"> {
  readonly #client: Pick<KubeClient, "list" | "watch">;
  readonly #changed: () => void;
  readonly #problems = new Map<string, Fault | ApiError>();

  constructor(client: Pick<KubeClient, "list" | "watch">, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
  }

  /** Why objects of the resource cannot be read at the moment. */
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
      // An idle watch says nothing when it has begun: only an answer shows that the server is there again.
      if (this.#problems.has(resource.plural)) await this.list(resource, { ...selectionOf(options), limit: 1 });
      yield* this.#client.watch(resource, options);
    } catch (thrown) {
      this.#note(resource, thrown);
      throw thrown;
    }
  }

  #note({ plural }: Resource, thrown: unknown): void {
    const before = this.#problems.get(plural);
    // An expired version is dealt with by listing anew.
    const isProblem = thrown instanceof Fault || (thrown instanceof ApiError && thrown.status !== 410);
    if (isProblem) this.#problems.set(plural, thrown);
    else this.#problems.delete(plural);
    if (before?.message !== this.#problems.get(plural)?.message) this.#changed();
  }
}

function selectionOf({ namespace, labelSelector }: WatchOptions): ListOptions {
  return { ...(namespace !== undefined && { namespace }), ...(labelSelector !== undefined && { labelSelector }) };
}
