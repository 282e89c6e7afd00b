import { type KubeObject, type Log, messageOf, objectKey } from "@clauderon/base";
import type { KubeClient, Resource } from "@clauderon/kube";
import { frozen } from "./model/frozen.ts";
import { type IndexFunction, Store } from "./model/store.ts";
import { Reflector, type Selection, type Sink, type Surroundings } from "./reflector.ts";

export interface InformerOptions<T extends KubeObject> extends Selection {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** Reduces objects before the cache stores them. `managedFields` are already removed. */
  readonly transform?: (object: T) => T;
}

/** `object` is the current object, or for `deleted` its last known state; `old` is the object that an update replaced. */
export interface InformerEvent<T> {
  readonly type: "added" | "updated" | "deleted";
  readonly object: T;
  readonly old?: T;
}

export type InformerHandler<T> = (event: InformerEvent<T>) => void;

/**
 * A local cache of the objects of one resource, kept up to date by one list and watch, which survive a lost connection.
 * Its objects are frozen. Keys are `namespace/name`. Lookups make no request and can be slightly outdated.
 */
export class Informer<T extends KubeObject> {
  readonly #source: { client: Pick<KubeClient, "list" | "watch">; resource: Resource<T>; selection: Selection };
  readonly #surroundings: Surroundings;
  readonly #log: Log;
  readonly #transform: ((object: T) => T) | undefined;
  readonly #store: Store<T>;
  readonly #handlers: InformerHandler<T>[] = [];
  readonly #firstList = Promise.withResolvers<void>();
  #isSynced = false;

  constructor(
    client: Pick<KubeClient, "list" | "watch">,
    resource: Resource<T>,
    options: InformerOptions<T>,
    surroundings: Surroundings,
  ) {
    const { indexes = {}, transform, ...selection } = options;
    this.#source = { client, resource, selection };
    this.#surroundings = surroundings;
    this.#log = surroundings.log.with({ resource: resource.plural });
    this.#transform = transform;
    this.#store = new Store((index, thrown) =>
      this.#log.error("An index function failed", { index, error: messageOf(thrown) }),
    );
    this.addIndexes(indexes);
  }

  /** True after the first complete list. Stays true when the connection is lost. */
  get synced(): boolean {
    return this.#isSynced;
  }

  /** Resolves when {@link synced} becomes true. */
  whenSynced(): Promise<void> {
    return this.#firstList.promise;
  }

  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): readonly T[] {
    return this.#store.list();
  }

  /** The objects for which the index function returned that value. Throws for an unknown index, which is a bug. */
  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  /** Adds indexes. Throws if the name already has another function. A failing index function is logged and finds nothing. */
  addIndexes(indexes: Readonly<Record<string, IndexFunction<T>>>): void {
    for (const [name, of] of Object.entries(indexes)) this.#store.addIndex(name, of);
  }

  /**
   * Calls the handler with `added` for each existing object, and then for each change, after the cache is updated. An
   * object that was deleted and recreated between two lists is reported as `deleted`, then `added`. An error of a handler
   * is logged and does not affect the others.
   */
  onChange(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.list()) this.#tell(handler, { type: "added", object });
  }

  /** Lists and watches until the signal aborts. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void> {
    const sink: Sink<T> = {
      upsert: (object) => this.#upsert(object),
      remove: (object) => this.#remove(objectKey(object.metadata), object),
      keepOnly: (keys) => this.#keepOnly(keys),
    };
    return new Reflector(this.#source, sink, this.#surroundings).run(signal);
  }

  #upsert(received: T): void {
    const key = objectKey(received.metadata);
    const old = this.#store.get(key);
    const isSameObject = old?.metadata.uid === received.metadata.uid;
    if (isSameObject && old?.metadata.resourceVersion === received.metadata.resourceVersion) return;
    if (old !== undefined && !isSameObject) this.#remove(key, old);
    const object = this.#kept(received);
    this.#store.set(object);
    this.#publish(old !== undefined && isSameObject ? { type: "updated", object, old } : { type: "added", object });
  }

  #remove(key: string, last: T): void {
    if (this.#store.get(key) === undefined) return;
    this.#store.delete(key);
    this.#publish({ type: "deleted", object: this.#kept(last) });
  }

  #keepOnly(keys: ReadonlySet<string>): void {
    for (const object of this.list()) {
      const key = objectKey(object.metadata);
      if (!keys.has(key)) this.#remove(key, object);
    }
    this.#isSynced = true;
    this.#firstList.resolve();
  }

  #kept(received: T): T {
    if (Object.isFrozen(received)) return received;
    const { managedFields: _dropped, ...metadata } = received.metadata as T["metadata"] & { managedFields?: unknown };
    const lean: T = { ...received, metadata };
    try {
      return frozen(this.#transform === undefined ? lean : this.#transform(lean));
    } catch (thrown) {
      this.#log.error("Transforming an object failed; caching it unchanged", { error: messageOf(thrown) });
      return frozen(lean);
    }
  }

  #publish(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) this.#tell(handler, event);
  }

  #tell(handler: InformerHandler<T>, event: InformerEvent<T>): void {
    try {
      handler(event);
    } catch (thrown) {
      const key = objectKey(event.object.metadata);
      this.#log.error("A handler failed", { key, type: event.type, error: messageOf(thrown) });
    }
  }
}
