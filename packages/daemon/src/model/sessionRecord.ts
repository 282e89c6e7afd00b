import type { SessionSpec } from "@clauderon/protocol";

/** What the registry holds of a session and a backend may know. Fixed at creation. */
export interface SessionRecord {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly spec: SessionSpec;
  /** The commit of `captureWork` that the session begins with; empty for one that works in the user's own checkout. */
  readonly commit: string;
}
