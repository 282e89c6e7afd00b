import { API_VERSION } from "../group.ts";
import type { Kind } from "../kind.ts";
import { KINDS } from "../kinds.ts";

/** Returns the kind of an object, or undefined if it is not one of the eight. */
export function kindOf(object: { readonly apiVersion?: unknown; readonly kind?: unknown }): Kind | undefined {
  return object.apiVersion === API_VERSION ? KINDS.find(({ kind }) => kind === object.kind) : undefined;
}
