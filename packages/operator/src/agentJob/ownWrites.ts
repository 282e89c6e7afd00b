/**
 * The versions that this process wrote last, by key, so that no pass works on a copy older than its own words: it would
 * tell the same news twice. Holds an entry only until the cache has caught up.
 *
 * Resource versions of one resource are compared as numbers, as the API server's own watch cache does.
 */
export class OwnWrites {
  readonly #versions = new Map<string, bigint>();

  wrote(key: string, resourceVersion: string | undefined): void {
    const version = parse(resourceVersion);
    if (version !== undefined) this.#versions.set(key, version);
  }

  /** True while the cached copy is older than what was written. */
  isBehind(key: string, cached: string | undefined): boolean {
    const written = this.#versions.get(key);
    const version = parse(cached);
    const isBehind = written !== undefined && version !== undefined && version < written;
    if (!isBehind) this.#versions.delete(key);
    return isBehind;
  }

  forget(key: string): void {
    this.#versions.delete(key);
  }
}

function parse(resourceVersion: string | undefined): bigint | undefined {
  return resourceVersion !== undefined && /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}
