import type { KubeObject } from "@clauderon/base";
import type { ObjectRef, Resource } from "./resource.ts";

/** Which objects of a resource, and which page of them: `continue` is that of the page before. */
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

/** Which objects to watch, from when on, and for how long. */
export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Events after this version; an expired one is thrown as an ApiError that {@link isGone}. */
  readonly resourceVersion: string;
  /** The server ends the watch after so long. */
  readonly timeoutSeconds: number;
  readonly allowWatchBookmarks?: boolean;
  readonly signal: AbortSignal;
}

/** Of a BOOKMARK only `metadata.resourceVersion` means something. */
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

/** RFC 7386: null removes. */
export type MergePatch = Readonly<Record<string, unknown>>;

/** `subresource` such as `status`; without `fieldManager` the server takes it from the user agent. */
export interface WriteOptions {
  readonly subresource?: string;
  readonly fieldManager?: string;
}

/** Who applies, and what happens to fields that somebody else owns. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields that another manager owns; without it that is an ApiError that {@link isConflict}. */
  readonly force?: boolean;
  readonly subresource?: "status";
}

/** Preconditions that do not hold are an ApiError that {@link isConflict}, and nothing is deleted. */
export interface DeleteOptions {
  readonly propagationPolicy?: "Foreground" | "Background" | "Orphan";
  /** Delete only this very object, not a later one of the same name. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
}

/** `contentType` is `application/json` unless given; an abort rejects with an AbortError. */
export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** A successful answer, read whole. */
export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; a Fault CLUSTER_REFUSED when it is none. */
  json(): unknown;
}

/**
 * The Kubernetes API. Whatever the server refuses is thrown as an ApiError; a server that cannot be reached, or was lost
 * before its answer, is a Fault CLUSTER_UNAVAILABLE (a write may then have happened or not). A namespaced resource
 * without namespace, or the reverse, is a TypeError: a bug of the caller.
 */
export interface KubeClient {
  /** Undefined when there is none. */
  get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ObjectList<T>>;
  /**
   * Ends when the server's `timeoutSeconds` are over and at once when the signal aborts. An ERROR event is thrown as an
   * ApiError, a lost connection as a Fault. Events are pulled: who reads slowly slows the server down, not memory.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Writes the whole object; its resourceVersion, when set, must still be the live one. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply: creates the object, or takes over exactly the fields given. */
  apply<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: JsonPatch | MergePatch,
    options?: WriteOptions,
  ): Promise<T>;
  /** False: it was already gone. True: it is gone, or on its way (finalizers, grace period). */
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** Anything else of the API: `path` begins with `/` and is sent as it is. */
  request(method: string, path: string, options?: RequestOptions): Promise<KubeResponse>;
}
