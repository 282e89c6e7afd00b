import type { KubeObject } from "../../packages/base/src/index.ts";
import type { KubeClient, ListOptions, ObjectList, WatchEvent, WatchOptions } from "../../packages/kube/src/index.ts";

/** One watch that was opened; the test decides what comes through it. It ends at once when its signal aborts. */
export class OpenWatch implements AsyncIterable<WatchEvent<KubeObject>> {
  readonly options: WatchOptions;
  readonly #waiting: (() => Promise<IteratorResult<WatchEvent<KubeObject>, undefined>>)[] = [];
  #wake: (() => void) | undefined;

  constructor(options: WatchOptions) {
    this.options = options;
    options.signal.addEventListener("abort", () => this.end(), { once: true });
  }

  send(type: WatchEvent<KubeObject>["type"], object: KubeObject): void {
    this.#push(() => Promise.resolve({ done: false, value: { type, object } }));
  }

  end(): void {
    this.#push(() => Promise.resolve({ done: true, value: undefined }));
  }

  fail(thrown: Error): void {
    this.#push(() => Promise.reject(thrown));
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchEvent<KubeObject>, undefined> {
    return {
      next: async () => {
        if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
        return (await this.#waiting.shift()?.()) ?? { done: true, value: undefined };
      },
    };
  }

  #push(next: () => Promise<IteratorResult<WatchEvent<KubeObject>, undefined>>): void {
    this.#waiting.push(next);
    this.#wake?.();
  }
}

/**
 * The list and watch of an API server that does exactly what a test says, for what a real one cannot be made to do at a
 * given instant. Lists give `objects`, unless `onList` throws or answers instead.
 */
export class ScriptedWatch implements Pick<KubeClient, "list" | "watch"> {
  objects: readonly KubeObject[] = [];
  resourceVersion = 100;
  onList: ((options: ListOptions) => ObjectList<KubeObject> | undefined) | undefined;
  onWatch: (() => void) | undefined;
  readonly lists: ListOptions[] = [];
  readonly watches: OpenWatch[] = [];

  async list<T extends KubeObject>(_resource: unknown, options: ListOptions = {}): Promise<ObjectList<T>> {
    this.lists.push(options);
    const answer = this.onList?.(options);
    return (answer ?? {
      metadata: { resourceVersion: String(this.resourceVersion) },
      items: this.objects,
    }) as ObjectList<T>;
  }

  watch<T extends KubeObject>(_resource: unknown, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const watch = new OpenWatch(options);
    this.watches.push(watch);
    try {
      this.onWatch?.();
    } catch (thrown) {
      watch.fail(thrown as Error);
    }
    return watch as unknown as AsyncIterable<WatchEvent<T>>;
  }

  /** The watch that is open now. */
  get current(): OpenWatch {
    const watch = this.watches.at(-1);
    if (watch === undefined) throw new Error("No watch was opened");
    return watch;
  }
}
