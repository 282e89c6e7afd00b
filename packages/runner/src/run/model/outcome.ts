import type { ResultStep, Verdict } from "@clauderon/agents";
import { counted } from "@clauderon/base";
import { RUN_EXIT, type RunFailure } from "@clauderon/protocol";

/** Why the run was ended before the agent ended by itself. */
export type StopReason = "Stopped" | "TimedOut";

/** What is known when the agent has ended. */
export interface AgentEnd {
  readonly result: ResultStep | undefined;
  readonly exit: { readonly code: number | undefined; readonly signal: string | undefined };
  readonly stopped: StopReason | undefined;
  /** The last lines that it wrote to stderr. */
  readonly stderrTail: readonly string[];
  /** For messages: the variable of the agent's credential, and the run's time limit. */
  readonly credentialVariable: string;
  readonly timeoutSeconds: number | undefined;
  readonly model: string | undefined;
}

export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RunFailure; readonly message: string };

/**
 * Judges a run. The agent's own verdict counts first, because the agent may linger after it until we end it. But if the
 * agent reports success and then exits with an error code, the run has failed.
 */
export function judge(end: AgentEnd): Outcome {
  const { result, stopped, exit } = end;
  if (result?.verdict.ok === false && stopped === undefined) return failure(result.verdict, end);
  if (result?.verdict.ok === true && (exit.code === 0 || exit.code === undefined || stopped !== undefined)) {
    return { ok: true };
  }
  if (stopped === "TimedOut") {
    const limit = end.timeoutSeconds === undefined ? "its timeout" : counted(end.timeoutSeconds, "second");
    const message = `The run was stopped after ${limit}. Raise timeoutSeconds, or give the agent less to do`;
    return { ok: false, reason: "TimedOut", message };
  }
  if (stopped === "Stopped") return { ok: false, reason: "Stopped", message: "A signal stopped the run" };
  return { ok: false, ...withoutResult(end) };
}

function failure({ reason, detail, status }: Extract<Verdict, { ok: false }>, end: AgentEnd): Outcome {
  const describe = WHAT_FAILED[reason] ?? (() => "The agent reported an error");
  const code = status === undefined ? "" : ` (${status})`;
  return { ok: false, reason, message: `${describe(end, status)}${code}: ${detail}` };
}

const WHAT_FAILED: Partial<Record<RunFailure, (end: AgentEnd, status: number | undefined) => string>> = {
  AuthenticationFailed: ({ credentialVariable }, status) =>
    status === undefined
      ? `The agent has no usable credential in ${credentialVariable}`
      : `The model API refused the credential in ${credentialVariable}`,
  RateLimited: () => "The model API limited the rate or was overloaded, even after all retries",
  BillingError: ({ credentialVariable }) => `The account behind ${credentialVariable} has no credit`,
  ModelError: ({ model }) => `The model API failed${model === undefined ? "" : ` for ${model}`}`,
  MaxTurns: () => "The agent used up its turns",
};

function withoutResult({ exit, stderrTail, result }: AgentEnd): { reason: RunFailure; message: string } {
  const last = stderrTail.at(-1);
  const said = last === undefined ? "" : `: ${last}`;
  const when = result === undefined ? "without a result" : "after it had reported success";
  if (exit.signal !== undefined) {
    return { reason: "AgentCrashed", message: `The agent was killed by ${exit.signal} ${when}${said}` };
  }
  if (exit.code !== 0) {
    return { reason: "AgentCrashed", message: `The agent exited with code ${exit.code} ${when}${said}` };
  }
  return { reason: "NoResult", message: `The agent exited without a result${said}` };
}

/** The runner's exit code for an outcome. */
export function runExitCode(outcome: Outcome): number {
  if (outcome.ok) return RUN_EXIT.succeeded;
  if (NOT_STARTED.has(outcome.reason)) return RUN_EXIT.notStarted;
  if (outcome.reason === "TimedOut") return RUN_EXIT.timedOut;
  return outcome.reason === "Stopped" ? RUN_EXIT.stopped : RUN_EXIT.agentFailed;
}

const NOT_STARTED: ReadonlySet<RunFailure> = new Set([
  "CloneFailed",
  "SkillFailed",
  "ConfigInvalid",
  "AgentMissing",
  "BoundaryLeaks",
]);
