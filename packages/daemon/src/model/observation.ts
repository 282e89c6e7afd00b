/** The reason for phase Error of a session that is known to be in another cluster or namespace than the daemon's. */
export const OTHER_CLUSTER = "OtherCluster";

/** What a backend sees of a session's resources. `Stopped` keeps its work and has no runner; `Missing` has lost what it ran in. */
export interface Observation {
  readonly phase: "Pending" | "Running" | "Stopped" | "Missing" | "Failed" | "Error";
  /** CamelCase, stable. */
  readonly reason?: string;
  /** Sentences for people; what a server or an agent said in them is cleaned of control characters. */
  readonly message?: string;
  readonly hint?: string;
  /** `namespace/name`. */
  readonly pod?: string;
  readonly workingDirectory?: string;
  readonly exitCode?: number;
}
