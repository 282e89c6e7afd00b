import type { KubeObject } from "@clauderon/base";
import { isInvalid, isNotFound, type JsonPatch, type KubeClient, type Resource } from "@clauderon/kube";

type Client = Pick<KubeClient, "get" | "patch">;

const ATTEMPTS = 10;
const LIST = "/metadata/finalizers";

/**
 * Adds the finalizer and returns the updated object; undefined if the object no longer exists. `object` may be outdated:
 * the entries of others never change, and a list that changed meanwhile is read again.
 */
export function addFinalizer<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T | undefined> {
  return change(client, resource, object, (live) => addition(live, finalizer));
}

/** Removes the finalizer with the guarantees of {@link addFinalizer}. The API server may then delete the object. */
export function removeFinalizer<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T | undefined> {
  return change(client, resource, object, (live) => removal(live, finalizer));
}

function addition({ metadata }: KubeObject, finalizer: string): JsonPatch | undefined {
  const { finalizers = [], resourceVersion } = metadata;
  if (finalizers.includes(finalizer)) return undefined;
  if (finalizers.length > 0) {
    return [
      { op: "test", path: LIST, value: finalizers },
      { op: "add", path: `${LIST}/-`, value: finalizer },
    ];
  }
  return [
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "add", path: LIST, value: [finalizer] },
  ];
}

function removal({ metadata }: KubeObject, finalizer: string): JsonPatch | undefined {
  const at = metadata.finalizers?.indexOf(finalizer) ?? -1;
  if (at === -1) return undefined;
  return [
    { op: "test", path: `${LIST}/${at}`, value: finalizer },
    { op: "remove", path: `${LIST}/${at}` },
  ];
}

async function change<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  patchOf: (live: T) => JsonPatch | undefined,
): Promise<T | undefined> {
  const { name, namespace, uid } = object.metadata;
  const ref = namespace === undefined ? { name } : { name, namespace };
  let live: T | undefined = object;
  for (let attempt = 1; live !== undefined && live.metadata.uid === uid; attempt += 1) {
    const patch = patchOf(live);
    if (patch === undefined) return live;
    try {
      return await client.patch(resource, ref, [{ op: "test", path: "/metadata/uid", value: uid }, ...patch]);
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      if (!isInvalid(thrown) || attempt === ATTEMPTS) throw thrown;
    }
    live = await client.get(resource, ref);
  }
  return undefined;
}
