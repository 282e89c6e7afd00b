import type { Backend } from "@clauderon/protocol";

/** Whether a session's repository is not the user's own, so that its work is sent and fetched through the link. */
export function hasOwnRepository(backend: Backend): boolean {
  return backend !== "local";
}
