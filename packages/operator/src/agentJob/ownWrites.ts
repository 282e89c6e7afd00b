/**
 * The versions that this process last wrote, by key. A pass on an older copy would emit the same events twice. Keeps an
 * entry only until the cache has that version.
 *
 * Compares resource versions of one resource as numbers, as the API server's watch cache does.
 */
export class OwnWrites {
  readonly #versions = new Map<string, bigint>();

  wrote(key: string, resourceVersion: string | undefined): void {
    const version = parse(resourceVersion);
    if (version !== undefined) this.#versions.set(key, version);
  }

  /**
   * The last finalizer is off: the API server has deleted the object, and its answer may have the version that the cache
   * has. Every copy in the cache is outdated until it is gone.
   */
  released(key: string, resourceVersion: string | undefined): void {
    const version = parse(resourceVersion);
    if (version !== undefined) this.#versions.set(key, version + 1n);
  }

  /** True if the cached copy is older than the last write. */
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
