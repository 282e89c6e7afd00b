import { type KubeObject, objectKey } from "@clauderon/base";

/** The values under which an index finds an object; none leaves it out. */
export type IndexFunction<T> = (object: T) => readonly string[];

interface Entry<T> {
  readonly object: T;
  /** What each index said when the object came in, so that it is taken out of exactly those places. */
  readonly places: Map<string, readonly string[]>;
}

/** Objects by key (`namespace/name`) and by any number of indexes. */
export class Store<T extends KubeObject> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #functions = new Map<string, IndexFunction<T>>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #onIndexError: (index: string, thrown: unknown) => void;

  /** An index function that throws is reported and finds nothing. */
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

  /** Over the objects that are here and those to come. The same function again changes nothing. */
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
