import { createHash } from "node:crypto";
import { canonicalJson, type KubeObject } from "@clauderon/base";
import type { KubeClient, Resource } from "@clauderon/kube";
import { covers } from "./model/covers.ts";

export interface ApplyRequest<T extends KubeObject> {
  /** Every field that `fieldManager` wants to own, and no other. */
  readonly desired: T;
  /** The object as last seen; undefined when there is none. */
  readonly live: T | undefined;
  readonly fieldManager: string;
}

/** `changed`: something was written, and it made a difference. */
export interface Applied<T> {
  readonly changed: boolean;
  readonly object: T;
}

/**
 * Server-side apply of `desired`, taking fields over by force, unless `live` shows that it would change nothing. The
 * annotation `<fieldManager>/applied` holds a hash of what was applied, so that a field that left `desired` is noticed
 * and removed too; what others add is left alone.
 */
export async function applyIfChanged<T extends KubeObject>(
  client: Pick<KubeClient, "apply">,
  resource: Resource<T>,
  { desired, live, fieldManager }: ApplyRequest<T>,
): Promise<Applied<T>> {
  const wanted = stamped(desired, fieldManager);
  if (live !== undefined && covers(live, wanted)) return { changed: false, object: live };
  const object = await client.apply(resource, wanted, { fieldManager, force: true });
  return { changed: object.metadata.resourceVersion !== live?.metadata.resourceVersion, object };
}

function stamped<T extends KubeObject>(desired: T, fieldManager: string): T {
  const applied = createHash("sha256").update(canonicalJson(desired)).digest("hex").slice(0, 16);
  const annotations = { ...desired.metadata.annotations, [`${fieldManager}/applied`]: applied };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}
