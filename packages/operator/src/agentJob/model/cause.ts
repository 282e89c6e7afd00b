import type { Reason } from "@clauderon/kinds";

/** Why a run waits or failed: one stable CamelCase word, and a sentence that names the thing and says what to do. */
export interface Cause {
  readonly reason: Reason;
  readonly message: string;
}

/** What the sentences about a run need to name: the AgentJob, and the objects a user would have to mend. */
export interface RunContext {
  readonly namespace: string;
  readonly agentJob: string;
  readonly runtimeRef: string;
  readonly authRef: string;
  /** Where the agent's credential is; absent while the AgentAuth is missing. */
  readonly credential?: { readonly secret: string; readonly key: string };
  readonly timeoutSeconds: number;
}
