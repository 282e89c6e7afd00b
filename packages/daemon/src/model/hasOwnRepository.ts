import type { Backend } from "@clauderon/protocol";

/** Whether sessions have their own repository, so that work travels through the link, or share the user's. */
export function hasOwnRepository(backend: Backend): boolean {
  return backend !== "local";
}
