import { createHash } from "node:crypto";
import { canonicalJson, type KubeObject } from "@clauderon/base";
import type { KubeClient, Resource } from "@clauderon/kube";
import type { KeptForms } from "./keptForms.ts";
import { covers } from "./model/covers.ts";

export interface ApplyRequest<T extends KubeObject> {
  /** Every field that `fieldManager` wants to own, and no other. */
  readonly desired: T;
  /** The object as last seen; undefined if it does not exist. */
  readonly live: T | undefined;
  readonly fieldManager: string;
  /**
   * For a caller that applies repeatedly: without it, an object that the server keeps in another form is written each
   * time.
   */
  readonly kept?: KeptForms;
  /** An object that has changed since `live` is not written, with an ApiError that `isConflict`. */
  readonly unchanged?: boolean;
}

/** `changed` is true if a write changed the object. */
export interface Applied<T> {
  readonly changed: boolean;
  readonly object: T;
}

/**
 * Applies `desired` by server-side apply with force, unless `live` shows that this would change nothing. The annotation
 * `<fieldManager>/applied` holds a hash of the applied object: a field that is no longer desired changes the hash, so
 * that it is removed too. Fields of other managers stay.
 */
export async function applyIfChanged<T extends KubeObject>(
  client: Pick<KubeClient, "apply">,
  resource: Resource<T>,
  { desired, live, fieldManager, kept, unchanged }: ApplyRequest<T>,
): Promise<Applied<T>> {
  const wanted = stamped(desired, fieldManager);
  if (live !== undefined) {
    const isAsKept = kept?.has(live) === true && covers(live.metadata, wanted.metadata);
    if (isAsKept || covers(live, wanted)) return { changed: false, object: live };
  }
  const written = unchanged === true ? since(wanted, live) : wanted;
  const object = await client.apply(resource, written, { fieldManager, force: true });
  if (!covers(object, wanted)) kept?.remember(object);
  return { changed: object.metadata.resourceVersion !== live?.metadata.resourceVersion, object };
}

function since<T extends KubeObject>(wanted: T, live: T | undefined): T {
  const { resourceVersion } = live?.metadata ?? {};
  return resourceVersion === undefined ? wanted : { ...wanted, metadata: { ...wanted.metadata, resourceVersion } };
}

function stamped<T extends KubeObject>(desired: T, fieldManager: string): T {
  const applied = createHash("sha256").update(canonicalJson(desired)).digest("hex").slice(0, 16);
  const annotations = { ...desired.metadata.annotations, [`${fieldManager}/applied`]: applied };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}
