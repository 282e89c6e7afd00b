import { Fault, type KubeObject } from "@clauderon/base";
import { isNotFound } from "./apiError.ts";
import type { KubeAccess } from "./kubeAccess.ts";
import type {
  ApplyOptions,
  DeleteOptions,
  JsonPatch,
  KubeClient,
  KubeResponse,
  ListOptions,
  MergePatch,
  ObjectList,
  RequestOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./kubeClient.ts";
import type { ObjectRef, Resource } from "./resource.ts";
import { collectionPath, objectPath, queryString } from "./resourcePath.ts";
import { type Call, Transport, type TransportOptions } from "./transport.ts";
import { parseEvent, splitLines } from "./watchEvents.ts";

const DEFAULTS: TransportOptions = {
  connections: 16,
  headersTimeoutMs: 60_000,
  maxRetryAfterMs: 10_000,
  userAgent: "clauderon",
};

/**
 * The API over HTTP/1.1 on persistent connections: a bounded pool for requests, and one connection for each open watch.
 */
export class HttpKubeClient implements KubeClient {
  readonly #transport: Transport;

  constructor(access: KubeAccess, options: Partial<TransportOptions> = {}) {
    this.#transport = new Transport(access, { ...DEFAULTS, ...options });
  }

  /** Ends every open request and watch; the client is unusable afterwards. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  async get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): Promise<T | undefined> {
    try {
      return await this.#json<T>({ method: "GET", path: objectPath(resource, ref) });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { namespace, ...query } = options;
    const path = collectionPath(resource, namespace) + queryString(query);
    const page = await this.#json<ObjectList<T> & { readonly items: readonly T[] | null }>({ method: "GET", path });
    const identity = { apiVersion: apiVersion(resource), kind: resource.kind };
    return { metadata: page.metadata, items: (page.items ?? []).map((item) => ({ ...item, ...identity })) };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void> {
    const { namespace, signal, ...query } = options;
    const path = collectionPath(resource, namespace) + queryString({ watch: true, ...query });
    try {
      const { body } = await this.#transport.open({ method: "GET", path, signal, watch: true });
      for await (const line of splitLines(body)) {
        if (signal.aborted) return;
        yield parseEvent<T>(line);
      }
    } catch (error) {
      if (!signal.aborted) throw this.#transport.failure(error);
    }
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const { subresource, ...query } = options;
    const path =
      subresource === undefined
        ? collectionPath(resource, namespaceOf(resource, object))
        : objectPath(resource, object.metadata, subresource);
    return this.#json({ method: "POST", path: path + queryString(query), body: JSON.stringify(object) });
  }

  replace<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const { subresource, ...query } = options;
    const path = objectPath(resource, object.metadata, subresource) + queryString(query);
    return this.#json({ method: "PUT", path, body: JSON.stringify(object) });
  }

  apply<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T> {
    const { subresource, ...query } = options;
    return this.#json({
      method: "PATCH",
      path: objectPath(resource, object.metadata, subresource) + queryString(query),
      body: JSON.stringify(object), // JSON is YAML
      contentType: "application/apply-patch+yaml",
    });
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: JsonPatch | MergePatch,
    options: WriteOptions = {},
  ): Promise<T> {
    const { subresource, ...query } = options;
    return this.#json({
      method: "PATCH",
      path: objectPath(resource, ref, subresource) + queryString(query),
      body: JSON.stringify(patch),
      contentType: Array.isArray(patch) ? "application/json-patch+json" : "application/merge-patch+json",
    });
  }

  async delete(resource: Resource, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { uid, resourceVersion, ...rest } = options;
    const body = JSON.stringify({ ...rest, preconditions: { uid, resourceVersion } });
    try {
      await this.#transport.send({ method: "DELETE", path: objectPath(resource, ref), body });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<KubeResponse> {
    const { body, ...rest } = options;
    const call = { method, path, ...rest, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await this.#transport.send(call);
    return { ...answer, json: () => parseJson(answer.text, call) };
  }

  async #json<T>(call: Call): Promise<T> {
    return parseJson((await this.#transport.send(call)).text, call) as T;
  }
}

const apiVersion = (resource: Resource) =>
  resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;

/** A POST goes to the collection, so the check of a single object's path must be made here. */
function namespaceOf(resource: Resource, object: KubeObject): string | undefined {
  if (resource.namespaced) objectPath(resource, object.metadata);
  return object.metadata.namespace;
}

function parseJson(text: string, call: Call): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault("CLUSTER_REFUSED", `The answer to ${call.method} ${call.path} is not JSON`, {
      hint: "Check that the kubeconfig's server is the API server itself, not a login page or a gateway",
      cause,
    });
  }
}
