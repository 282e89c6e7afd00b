import type { SessionSpec } from "@clauderon/protocol";
import type { NamespacePlace } from "./namespacePlace.ts";

/** The part of a session's registry row that backends see. Fixed at creation, but for the hosts that its boundary allows. */
export interface SessionRecord {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly spec: SessionSpec;
  /**
   * The commit of `captureWork` that the session begins with; empty for a session that works in the user's own checkout.
   */
  readonly commit: string;
  /**
   * The cluster and namespace of its objects: null before any object was made; undefined if there is no record of it, as
   * in rows of older daemons and for a session that was just adopted. Fixed as soon as it is known.
   */
  readonly place?: NamespacePlace | null | undefined;
}
