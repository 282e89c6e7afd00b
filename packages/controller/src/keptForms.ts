import { createHash } from "node:crypto";
import { canonicalJson, type KubeObject } from "@clauderon/base";

/**
 * The forms in which the API server keeps objects that differ from what was applied: it drops fields that it does not know
 * or has disabled, and can write a value in another way. The difference stays, and applying again changes nothing.
 *
 * Remembers a fingerprint for each object, of at most `capacity` objects, because each costs memory as long as the process
 * runs. To apply a forgotten one again is a request that changes nothing.
 */
export class KeptForms {
  readonly #capacity: number;
  readonly #fingerprints = new Map<string, string>();

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  /** Remembers the API server's answer to an apply. */
  remember(object: KubeObject): void {
    const { uid } = object.metadata;
    if (uid === undefined) return;
    this.#fingerprints.delete(uid);
    this.#fingerprints.set(uid, fingerprint(object));
    const [oldest] = this.#fingerprints.keys();
    if (oldest !== undefined && this.#fingerprints.size > this.#capacity) this.#fingerprints.delete(oldest);
  }

  /** True if nobody has changed the object since its apply, but for its status. */
  has(object: KubeObject): boolean {
    return this.#fingerprints.get(object.metadata.uid ?? "") === fingerprint(object);
  }
}

/** Without what changes by itself, and without apiVersion and kind, which the items of a list do not have. */
function fingerprint(object: KubeObject): string {
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    status: _status,
    metadata,
    ...rest
  } = object as KubeObject & {
    readonly status?: unknown;
  };
  const {
    resourceVersion: _version,
    managedFields: _fields,
    ...own
  } = metadata as KubeObject["metadata"] & {
    readonly managedFields?: unknown;
  };
  return createHash("sha256")
    .update(canonicalJson({ metadata: own, ...rest }))
    .digest("hex");
}
