import { MAX_RUN_TEXT, MAX_RUNS, REASONS, type RunStatus } from "@clauderon/kinds";
import { cleanText } from "@clauderon/base";
import type { Cause, RunContext } from "./cause.ts";
import { failureCause, runSummary, terminated } from "./failureCause.ts";
import { lingeringContainer } from "./lingeringContainer.ts";
import { instantOf, millisOf } from "./instant.ts";
import type { LiveJob, LivePod } from "./objects.ts";
import { isSuspendedByUs } from "./suspension.ts";
import { waitingCause } from "./waitingCause.ts";

/** A Job of this AgentJob, with its newest pod. */
export interface ObservedRun {
  readonly job: LiveJob;
  readonly pod: LivePod | undefined;
}

/** The inputs of {@link recordRuns}. */
export interface RunsInput {
  readonly previous: readonly RunStatus[];
  readonly observed: readonly ObservedRun[];
  /** True for the name of a run that another one replaces because the AgentJob changed. */
  readonly isReplaced: (name: string) => boolean;
  readonly hashOf: (job: LiveJob) => string;
  readonly context: RunContext;
  readonly now: number;
}

/** True for a run that has succeeded or failed. */
export function isFinished(run: RunStatus): boolean {
  return run.phase === "Succeeded" || run.phase === "Failed";
}

/** False for a run that was replaced before it finished, so that its hash can run again. */
export function hasRun(run: RunStatus): boolean {
  return run.reason !== "Replaced";
}

/** How the Job ended, from its conditions; undefined while it is active. */
export function jobEnd(job: LiveJob): "Complete" | "Failed" | undefined {
  const end = job.status?.conditions?.find(({ type, status }) => status === "True" && /^(Complete|Failed)$/.test(type));
  return end?.type as "Complete" | "Failed" | undefined;
}

/**
 * Updates the recorded runs from the live objects. Returns them newest first.
 *
 * A recorded result stays when its Job is deleted. A run whose Job is gone without a result is Failed, because it was
 * replaced or somebody deleted its Job.
 */
export function recordRuns(input: RunsInput): readonly RunStatus[] {
  const live = new Map(input.observed.map((run) => [run.job.metadata.name, run]));
  const known = new Set(input.previous.map(({ name }) => name));
  const updated = input.previous.map((record) => {
    const run = live.get(record.name);
    return run === undefined ? withoutJob(record, input) : update(record, run, input);
  });
  const fresh = input.observed.filter(({ job }) => !known.has(job.metadata.name)).map((run) => record(run, input));
  return [...fresh, ...updated].toSorted(newestFirst).slice(0, MAX_RUNS);
}

/** Times have whole seconds, so two runs of one second keep their order, in which new runs come first. */
function newestFirst(a: RunStatus, b: RunStatus): number {
  return (millisOf(b.startTime) ?? 0) - (millisOf(a.startTime) ?? 0);
}

function withoutJob(record: RunStatus, input: RunsInput): RunStatus {
  if (isFinished(record)) return record;
  return gone(record, input.isReplaced(record.name), input.now);
}

function gone(record: RunStatus, replaced: boolean, now: number): RunStatus {
  const { reason, message } = replaced
    ? { reason: "Replaced", message: "Stopped: the AgentJob changed, and a new run replaces this one" }
    : { reason: "JobDeleted", message: `Job "${record.name}" was deleted before the operator could read its result` };
  return { ...record, phase: "Failed", reason, message, completionTime: instantOf(now) };
}

function update(old: RunStatus, run: ObservedRun, input: RunsInput): RunStatus {
  if (!isFinished(old)) return record(run, input, old);
  const settled = old.reason === "Replaced" || old.reason === "JobDeleted";
  if (isAnotherJob(run.job, old)) return record(run, input);
  const nothingNew = settled || jobEnd(run.job) === undefined || terminated(run.pod) === undefined;
  return nothingNew ? old : record(run, input, old);
}

/** A name can return: for a manual run, or for a replaced run that starts again. Times have whole seconds. */
function isAnotherJob({ metadata }: LiveJob, old: RunStatus): boolean {
  const created = millisOf(metadata.creationTimestamp);
  const ended = millisOf(old.completionTime);
  if (created === undefined || ended === undefined || metadata.deletionTimestamp !== undefined) return false;
  return old.reason === "Replaced" ? created >= ended : created > ended;
}

function record(run: ObservedRun, input: RunsInput, old?: RunStatus): RunStatus {
  const { name, creationTimestamp } = run.job.metadata;
  const base: RunStatus = {
    name,
    configHash: old?.configHash ?? input.hashOf(run.job),
    phase: "Pending",
    startTime: old?.startTime ?? creationTimestamp ?? instantOf(input.now),
    ...(run.job.spec?.suspend === true ? {} : figuresOf(old)), // A resumed run starts from the beginning.
    ...figures(run.pod),
  };
  return jobEnd(run.job) === undefined ? unfinished(base, run, input, old) : { ...base, ...result(run, input, old) };
}

function unfinished(base: RunStatus, run: ObservedRun, input: RunsInput, old: RunStatus | undefined): RunStatus {
  const { job, pod } = run;
  const isReplaced = input.isReplaced(base.name);
  if (isReplaced || job.metadata.deletionTimestamp !== undefined) return gone(base, isReplaced, input.now);
  if (old !== undefined && isEnding(run, old)) return old;
  const container = lingeringContainer(pod);
  if (container !== undefined) return { ...base, ...lingeringResult(run, container, input) };
  const hasStarted = pod !== undefined && pod.status?.phase !== undefined && pod.status.phase !== "Pending";
  return hasStarted ? { ...base, phase: "Running" } : { ...base, ...waiting(run, input) };
}

/** Kubernetes deletes the pod of a Job that is about to fail: that is not what the run was waiting for. */
function isEnding({ job, pod }: ObservedRun, old: RunStatus): boolean {
  if (pod !== undefined || job.spec?.suspend === true) return false;
  const isFailing = job.status?.conditions?.some(({ type, status }) => type === "FailureTarget" && status === "True");
  return isFailing === true || old.phase === "Running";
}

function waiting({ job, pod }: ObservedRun, { context, now }: RunsInput): Partial<Cause> {
  if (job.spec?.suspend === true) return suspended(job);
  const cause = waitingCause(job, pod, context, now);
  return cause === undefined ? {} : bounded(cause);
}

function suspended(job: LiveJob): Cause {
  if (isSuspendedByUs(job)) return { reason: "Suspended", message: "The run is suspended, and its pod is stopped" };
  const message = `Job "${job.metadata.name}" is suspended, but not by this AgentJob: the run starts when a queue such as Kueue, or the person who suspended the Job, resumes it`;
  return { reason: "JobSuspended", message };
}

function bounded({ reason, message }: Cause): Cause {
  return { reason, message: cleanText(message, MAX_RUN_TEXT) };
}

/** The result of a run whose Job does not end, because `container` keeps running after the agent. */
function lingeringResult({ job, pod }: ObservedRun, container: string, { context }: RunsInput): Partial<RunStatus> {
  const held = `Container "${container}" kept running after the agent ended, so the operator ended the Job`;
  const completionTime = terminated(pod)?.finishedAt;
  const isSuccess = runSummary(pod)?.outcome === "Succeeded";
  const cause = isSuccess ? undefined : failureCause(job, pod, context);
  return {
    phase: isSuccess ? "Succeeded" : "Failed",
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(cause === undefined ? { message: held } : bounded({ ...cause, message: `${cause.message}. ${held}` })),
  };
}

function result({ job, pod }: ObservedRun, { context }: RunsInput, old?: RunStatus): Partial<RunStatus> {
  const failed = jobEnd(job) === "Failed";
  const condition = job.status?.conditions?.find(({ type }) => type === "Failed");
  const finishedAt = terminated(pod)?.finishedAt;
  const completionTime = job.status?.completionTime ?? finishedAt ?? condition?.lastTransitionTime;
  return {
    phase: failed ? "Failed" : "Succeeded",
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(failed ? bounded(withLastCause(failureCause(job, pod, context), pod, context, old)) : {}),
  };
}

/**
 * The deadline says nothing about a run whose agent never started: the cause that it was last waiting for is what must be
 * fixed. The pod is deleted at the deadline, so only the record still has it.
 */
function withLastCause(cause: Cause, pod: LivePod | undefined, context: RunContext, old?: RunStatus): Cause {
  const { phase, reason, message } = old ?? {};
  const isWaiting = phase === "Pending" && reason !== undefined && reason in REASONS && !reason.endsWith("Suspended");
  if (cause.reason !== "TimedOut" || !isWaiting || terminated(pod) !== undefined) return cause;
  const words = `The agent did not start within timeoutSeconds (${context.timeoutSeconds}): ${message ?? reason}`;
  return { reason: reason as Cause["reason"], message: words };
}

/** The figures of the runner's summary. */
function figures(pod: LivePod | undefined): Partial<RunStatus> {
  const { costUSD, ...rest } = runSummary(pod) ?? {};
  return figuresOf({ ...rest, ...(costUSD === undefined ? {} : { cost: costUSD.toFixed(4) }) });
}

const FIGURES = [
  "sessionId",
  "model",
  "turns",
  "inputTokens",
  "outputTokens",
  "cost",
  "branch",
  "ranOn",
  "boundaryVerified",
  "lastMessage",
] as const satisfies readonly (keyof RunStatus)[];

/**
 * The figures in a record. At the Job's deadline the pod's end is seen first: the runner gets a signal and writes its summary.
 * The pod may be gone before the Job has failed.
 */
function figuresOf(record: Readonly<Partial<Record<(typeof FIGURES)[number], unknown>>> = {}): Partial<RunStatus> {
  return Object.fromEntries(
    FIGURES.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])),
  ) as Partial<RunStatus>;
}
