import type { KubeObject } from "@clauderon/base";
import type { ObjectRef, Resource } from "./resource.ts";

/** Which objects of a resource, and which page of them: `continue` is the token of the page before. */
export interface ListOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

/** One page, as of `metadata.resourceVersion`; more follow when `metadata.continue` is set. */
export interface ObjectList<T extends KubeObject> {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  /** Each with its `apiVersion` and `kind`, which the API server leaves out. */
  readonly items: readonly T[];
}

/** Which objects to watch, from which version on, and for how long. */
export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Events after this version; an expired one is thrown as an ApiError that {@link isGone}. */
  readonly resourceVersion: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
  readonly allowWatchBookmarks?: boolean;
  readonly signal: AbortSignal;
}

/** In a BOOKMARK only `metadata.resourceVersion` is meaningful. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

/** RFC 6902; a failing `test` is thrown as an ApiError that {@link isInvalid}, and nothing is written. */
export type JsonPatch = readonly (
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly path: string; readonly from: string }
)[];

/** RFC 7386: null removes a field. */
export type MergePatch = Readonly<Record<string, unknown>>;

/** `subresource` such as `status`; without `fieldManager` the server derives it from the user agent. */
export interface WriteOptions {
  readonly subresource?: string;
  readonly fieldManager?: string;
}

/** Who applies, and whether to take fields that another manager owns. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes fields that another manager owns; without it, such a field is an ApiError that {@link isConflict}. */
  readonly force?: boolean;
  readonly subresource?: "status";
}

/** A precondition that does not hold is an ApiError that {@link isConflict}, and nothing is deleted. */
export interface DeleteOptions {
  readonly propagationPolicy?: "Foreground" | "Background" | "Orphan";
  /** Deletes only this very object, not a later one of the same name. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
}

/** `contentType` defaults to `application/json`; an abort rejects with an AbortError. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** A successful answer, completely read. */
export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; a Fault CLUSTER_REFUSED when it is not JSON. */
  json(): unknown;
}

/**
 * The Kubernetes API. Every refusal of the server is an ApiError. A server that cannot be reached, or whose connection
 * is lost before its answer, is a Fault CLUSTER_UNAVAILABLE (a write may or may not have happened). A namespaced
 * resource without a namespace, or the reverse, is a TypeError: a bug of the caller.
 */
export interface KubeClient {
  /** Undefined when the object does not exist. */
  get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ObjectList<T>>;
  /**
   * Ends after the server's `timeoutSeconds`, and at once when the signal aborts. An ERROR event is thrown as an
   * ApiError, a lost connection as a Fault. Events are pulled: a slow reader slows the server down and costs no memory.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Writes the whole object; its resourceVersion, when set, must still be current. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply: creates the object, or takes ownership of exactly the given fields. */
  apply<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: JsonPatch | MergePatch,
    options?: WriteOptions,
  ): Promise<T>;
  /** False: it was already gone. True: it is gone, or is being deleted (finalizers, grace period). */
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** Any other request: `path` begins with `/` and is sent unchanged. */
  request(method: string, path: string, options?: RequestOptions): Promise<KubeResponse>;
}
