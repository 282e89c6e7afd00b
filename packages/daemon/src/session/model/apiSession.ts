import { cleanText, isFaultCode } from "@clauderon/base";
import { type RunnerStatus, type Session, type SessionPhase, type SessionStatus } from "@clauderon/protocol";
import type { Observation } from "../../model/observation.ts";
import type { Entry, Failure } from "../../registry/model/entry.ts";

/** Everything known about a session besides its entry. The daemon holds it in memory only. */
export interface View {
  readonly observation: Observation | undefined;
  readonly isConnected: boolean;
  readonly runner: RunnerStatus | undefined;
  /** The state of the step that is running. */
  readonly progress: string | undefined;
  /** Why the last step failed; undefined if it succeeded. */
  readonly trouble: Failure | undefined;
  /** Why the last turn's work was not fetched; undefined if it was. */
  readonly unfetched: Failure | undefined;
}

const MAX_TEXT = 16_384;

/** A session as the API returns it. */
export function apiSession(entry: Entry, view: View): Session {
  const { name, uid, createdTime, spec } = entry.record;
  return { name, uid, createdTime, spec, status: omitUndefined(statusOf(entry, view)) as SessionStatus };
}

type LooseStatus = { readonly [K in keyof SessionStatus]?: SessionStatus[K] | undefined };

function statusOf(entry: Entry, view: View): LooseStatus {
  const { observation } = view;
  return {
    ...causeOf(entry, view),
    activity: "Unknown",
    exitCode: observation?.exitCode,
    ...(view.runner === undefined ? {} : agentOf(view.runner, entry.wanted === "Running")),
    workingDirectory: observation?.workingDirectory,
    pod: observation?.pod,
    notices: entry.notices.length === 0 ? undefined : [...entry.notices],
    credentials: entry.credentials.length === 0 ? undefined : [...entry.credentials],
  };
}

function agentOf(runner: RunnerStatus, isWanted: boolean): LooseStatus {
  const { activity, activityTime, conversationId, turns, lastMessage, exitCode, boundaryVerified } = runner;
  return {
    ...(isWanted ? { activity, activityTime } : {}),
    conversationId: conversationId === undefined ? undefined : cleanText(conversationId, MAX_TEXT),
    turns,
    lastMessage: lastMessage === undefined ? undefined : cleanText(lastMessage, MAX_TEXT),
    exitCode,
    boundaryVerified,
  };
}

interface Cause {
  readonly phase: SessionPhase;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}

function causeOf(entry: Entry, view: View): Cause {
  if (entry.wanted === "Deleted") return { phase: "Deleting", ...troubleOf(view) };
  if (entry.failure !== undefined) return { phase: "Failed", ...causeOfFailure(entry.failure) };
  const { observation } = view;
  if (entry.wanted === "Archived") {
    const isDown = observation?.phase === "Stopped" || observation?.phase === "Missing";
    return isDown ? { phase: "Archived" } : { phase: "Pending", ...troubleOf(view, "Archiving") };
  }
  if (observation === undefined) return { phase: "Pending", ...troubleOf(view, "Starting") };
  return causeOfRunning(entry, observation, view);
}

function causeOfRunning(entry: Entry, observation: Observation, view: View): Cause {
  const { reason, message, hint } = observation;
  if (isReached(entry, observation, view) && hasAgent(view))
    return agentTrouble(entry.record.name, view) ?? unfetched(view) ?? { phase: "Running", reason, message, hint };
  if (observation.phase === "Error" || (observation.phase === "Missing" && entry.started && !entry.restart)) {
    return { phase: observation.phase, reason, message, hint };
  }
  const told = waitingFor(entry, observation, view);
  return { phase: "Pending", ...told, ...(isTelling(observation, view) ? { reason, message, hint } : {}) };
}

/** Whether the current runner is connected and need not end first. */
const isReached = ({ started, restart }: Entry, { phase }: Observation, { isConnected }: View): boolean =>
  phase === "Running" && isConnected && started && !restart;

/** What a session waits for that does not run yet, or does not run at the moment. */
function waitingFor({ started, restart }: Entry, { phase }: Observation, view: View): Omit<Cause, "phase"> {
  const isSilent = view.trouble === undefined && view.progress === undefined;
  if (!isSilent || restart || !started || phase !== "Running")
    return troubleOf(view, restart ? "Starting" : "Creating");
  return view.isConnected
    ? (heldBack(view) ?? { reason: "Starting", message: "Starting the agent" })
    : { reason: "Connecting", message: "Connecting to the session's runner" };
}

/** Whether the runner has started the agent or tried to. Until then, nobody knows whether the agent can run. */
function hasAgent(view: View): boolean {
  const { runner } = view;
  if (runner === undefined || runner.state === "Waiting" || heldBack(view) !== undefined) return false;
  return runner.state !== "Starting" || runner.message !== undefined;
}

/** Why the runner does not start the agent yet. */
function heldBack({ runner }: View): Omit<Cause, "phase"> | undefined {
  if (runner?.state !== "Starting" || runner.code === undefined || runner.message === undefined) return undefined;
  const reason = isFaultCode(runner.code) ? camelCase(runner.code) : "Starting";
  return { reason, message: cleanText(runner.message, MAX_TEXT), hint: runner.hint };
}

/** Reasons that say only that something does not exist, for example while it is being made. */
const NOTHING_THERE: ReadonlySet<string> = new Set(["NoPod", "RunnerGone"]);

/** A missing object is not a cause, and the error that prevented creating it says more than its absence. */
function isTelling({ phase, reason }: Observation, { trouble, progress }: View): boolean {
  if (reason === undefined || phase === "Missing") return false;
  if (phase !== "Stopped") return true;
  return trouble === undefined && (progress === undefined || !NOTHING_THERE.has(reason));
}

/** If the agent exited or its turn failed, the runner is still alive, and what it reported is the better explanation. */
function agentTrouble(name: string, { runner }: View): Cause | undefined {
  if (runner === undefined) return undefined;
  if (runner.state === "Exited") return endOfAgent(name, runner);
  const message = runner.message === undefined ? undefined : cleanText(runner.message, MAX_TEXT);
  if (runner.state === "Starting" && message !== undefined)
    return { phase: "Running", reason: "AgentRestarting", message };
  if (runner.state !== "Running" || runner.activity !== "Failed") return undefined;
  const hint = `Send another prompt: clauderon send ${name} "Try again"`;
  return { phase: "Running", reason: "TurnFailed", message: message ?? "The turn failed", hint };
}

function endOfAgent(name: string, runner: RunnerStatus): Cause {
  const message = runner.message === undefined ? "The agent has ended" : cleanText(runner.message, MAX_TEXT);
  const own = runner.hint === undefined ? [] : [cleanText(runner.hint, MAX_TEXT)];
  const next = `Run \`clauderon logs ${name}\` to see its output, or \`clauderon recreate ${name}\` to start it again`;
  const { code } = runner;
  const reason = code !== undefined && isFaultCode(code) ? camelCase(code) : "AgentExited";
  return { phase: "Running", reason, message, hint: [...own, next].join(". ") };
}

/** The session runs, but its work exists nowhere else. */
const unfetched = ({ unfetched: failure }: View): Cause | undefined =>
  failure === undefined
    ? undefined
    : { phase: "Running", reason: "WorkNotFetched", message: failure.message, hint: failure.hint };

function troubleOf({ trouble, progress }: View, reason?: string): Omit<Cause, "phase"> {
  if (trouble !== undefined) return causeOfFailure(trouble);
  return { reason, message: progress, hint: undefined };
}

const causeOfFailure = ({ code, message, hint }: Failure) => ({ reason: camelCase(code), message, hint });

/** `CLUSTER_UNAVAILABLE` → `ClusterUnavailable`. */
const camelCase = (code: string): string =>
  code
    .split("_")
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join("");

function omitUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
