/** The reason for phase Error of a session that is in another cluster or namespace than the daemon's. */
export const OTHER_CLUSTER = "OtherCluster";

/**
 * What a backend sees of a session's resources. A `Stopped` session has its work but no runner. A `Missing` session has
 * lost the place that it ran in.
 */
export interface Observation {
  readonly phase: "Pending" | "Running" | "Stopped" | "Missing" | "Failed" | "Error";
  /** CamelCase, stable. */
  readonly reason?: string;
  /** Sentences for people, without control characters from a server's or an agent's text. */
  readonly message?: string;
  readonly hint?: string;
  /** `namespace/name`. */
  readonly pod?: string;
  readonly workingDirectory?: string;
  readonly exitCode?: number;
}
