import type { Reason } from "@clauderon/kinds";

/** Why a run is waiting or failed: a stable reason, and a sentence that names the object and says what to do. */
export interface Cause {
  readonly reason: Reason;
  readonly message: string;
}

/** The names that the sentences about a run use: the AgentJob, and the objects that a user may have to fix. */
export interface RunContext {
  readonly namespace: string;
  readonly agentJob: string;
  readonly runtimeRef: string;
  readonly authRef: string;
  /** Secret key of the agent's credential; absent if the AgentAuth is missing. */
  readonly credential?: { readonly secret: string; readonly key: string };
  readonly timeoutSeconds: number;
}
