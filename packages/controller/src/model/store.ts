import { type KubeObject, objectKey } from "@clauderon/base";

/** Returns the values under which an index finds an object. */
export type IndexFunction<T> = (object: T) => readonly string[];

interface Entry<T> {
  readonly object: T;
  /** The index values of the object when it was added, so that its removal finds exactly those entries. */
  readonly places: Map<string, readonly string[]>;
}

/** Stores objects by key (`namespace/name`) and by any number of indexes. */
export class Store<T extends KubeObject> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #functions = new Map<string, IndexFunction<T>>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #onIndexError: (index: string, thrown: unknown) => void;

  /** Receives the error of an index function, which then finds nothing. */
  constructor(onIndexError: (index: string, thrown: unknown) => void) {
    this.#onIndexError = onIndexError;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.object;
  }

  list(): readonly T[] {
    return Array.from(this.#entries.values(), (entry) => entry.object);
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`Unknown index "${name}"`);
    return [...(index.get(value) ?? [])].flatMap((key) => this.get(key) ?? []);
  }

  /** Adds an index for existing and later objects. Adding the same function again changes nothing. */
  addIndex(name: string, of: IndexFunction<T>): void {
    const existing = this.#functions.get(name);
    if (existing === of) return;
    if (existing !== undefined) throw new Error(`Index "${name}" already exists with another function`);
    this.#functions.set(name, of);
    this.#indexes.set(name, new Map());
    for (const [key, entry] of this.#entries) this.#place(key, entry, name, of);
  }

  set(object: T): void {
    const key = objectKey(object.metadata);
    this.delete(key);
    const entry: Entry<T> = { object, places: new Map() };
    this.#entries.set(key, entry);
    for (const [name, of] of this.#functions) this.#place(key, entry, name, of);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    for (const [name, values] of entry.places) this.#unplace(key, name, values);
  }

  #place(key: string, entry: Entry<T>, name: string, of: IndexFunction<T>): void {
    const values = this.#values(entry.object, name, of);
    entry.places.set(name, values);
    const index = this.#indexes.get(name);
    for (const value of values) {
      const keys = index?.get(value);
      if (keys === undefined) index?.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  #values(object: T, name: string, of: IndexFunction<T>): readonly string[] {
    try {
      return of(object);
    } catch (thrown) {
      this.#onIndexError(name, thrown);
      return [];
    }
  }

  #unplace(key: string, name: string, values: readonly string[]): void {
    const index = this.#indexes.get(name);
    for (const value of values) {
      const keys = index?.get(value);
      keys?.delete(key);
      if (keys?.size === 0) index?.delete(value);
    }
  }
}
