import { API_VERSION } from "../group.ts";
import type { Kind } from "../kind.ts";
import { KINDS } from "../kinds.ts";

/** Which of the eight kinds an object says it is, if any. */
export function kindOf(object: { readonly apiVersion?: unknown; readonly kind?: unknown }): Kind | undefined {
  return object.apiVersion === API_VERSION ? KINDS.find(({ kind }) => kind === object.kind) : undefined;
}
