import type { SessionSpec } from "@clauderon/protocol";
import type { Place } from "./place.ts";

/** What the registry holds of a session and a backend may know. Fixed at creation. */
export interface SessionRecord {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly spec: SessionSpec;
  /** The commit of `captureWork` that the session begins with; empty for one that works in the user's own checkout. */
  readonly commit: string;
  /**
   * The cluster and namespace of its objects: null before any was made, undefined where nothing says it, as in the rows of
   * older daemons and for a session that was adopted a moment ago. Fixed as soon as it is known.
   */
  readonly place?: Place | null | undefined;
}
