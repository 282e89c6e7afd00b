import { agentStatus, clusterWords, exitText, isStartError, memoryLimit, podLoss } from "@clauderon/pods";
import { parseRunSummary, type RunFailure, type RunSummary } from "@clauderon/protocol";
import type { ContainerStateTerminated } from "kubernetes-types/core/v1.js";
import type { Cause, RunContext } from "./cause.ts";
import type { LiveJob, LivePod } from "./objects.ts";

/** How the agent's container ended; undefined if it has not. */
export function terminated(pod: LivePod | undefined): ContainerStateTerminated | undefined {
  return agentStatus(pod)?.state?.terminated;
}

/** The runner's summary, parsed from untrusted text; undefined if there is no valid one. */
export function runSummary(pod: LivePod | undefined): RunSummary | undefined {
  return parseRunSummary(terminated(pod)?.message ?? "");
}

/** Why a Job failed. Causes of the cluster (deadline, memory, node) take precedence over the runner's summary. */
export function failureCause(job: LiveJob, pod: LivePod | undefined, context: RunContext): Cause {
  const condition = job.status?.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
  if (condition?.reason === "DeadlineExceeded") return timedOut(context);
  if (pod === undefined) return podLost(condition?.message);
  return lostToTheCluster(pod, context) ?? ofContainer(pod, context);
}

function timedOut({ timeoutSeconds }: RunContext): Cause {
  const message = `The run exceeded timeoutSeconds (${timeoutSeconds}) and was stopped: raise spec.timeoutSeconds, or give the agent a smaller task`;
  return { reason: "TimedOut", message };
}

function podLost(words: string | undefined): Cause {
  const why = words === undefined ? "" : ` (${clusterWords(words)})`;
  return {
    reason: "PodLost",
    message: `The pod was deleted before the operator could read its result${why}: run it again`,
  };
}

function lostToTheCluster(pod: LivePod, context: RunContext): Cause | undefined {
  const loss = podLoss(pod);
  if (loss === undefined) return undefined;
  if (loss.reason === "DeadlineExceeded") return timedOut(context);
  if (loss.reason === "NodeLost") {
    return { reason: "NodeLost", message: `The node of the pod was lost (${loss.words}): run it again` };
  }
  const advice = "free the node, or set spec.resources.requests to what the run needs, and run it again";
  return { reason: "Evicted", message: `The pod was evicted (${loss.words}): ${advice}` };
}

function ofContainer(pod: LivePod, context: RunContext): Cause {
  const end = terminated(pod);
  if (end === undefined) return podLost(pod.status?.message);
  if (end.reason === "OOMKilled") return outOfMemory(pod);
  if (isStartError(end)) {
    const advice = `check the image and command of AgentRuntime "${context.runtimeRef}"`;
    const message = `The container could not be started (${clusterWords(end.message)}): ${advice}`;
    return { reason: "StartFailed", message };
  }
  const summary = runSummary(pod);
  return summary?.outcome === "Failed" ? ofSummary(summary, context) : crashed(end, context);
}

function outOfMemory(pod: LivePod): Cause {
  const limit = memoryLimit(pod);
  const whose = limit === undefined ? "the memory of its node" : `its memory limit (${limit})`;
  return { reason: "OutOfMemory", message: `The run exceeded ${whose}: raise spec.resources.limits.memory` };
}

function ofSummary(summary: RunSummary, context: RunContext): Cause {
  const reason = summary.reason ?? "AgentError";
  if (reason === "TimedOut") return timedOut(context);
  const words = clusterWords(summary.message ?? summary.lastMessage);
  const why = words === "" ? `The run failed with ${reason}` : words.replace(/[.:]$/, "");
  return { reason, message: `${why}: ${ADVICE[reason](context)}` };
}

/** Shows no text of the container: more people can read a status than a log, and it may hold a secret. */
function crashed(end: ContainerStateTerminated, context: RunContext): Cause {
  const message = `The agent exited without a result (${exitText(end)}): ${seeLog(context)}`;
  return { reason: "AgentCrashed", message };
}

const seeLog = (context: RunContext) => `see the log of the run's pod in namespace "${context.namespace}"`;

const ADVICE: Readonly<Record<RunFailure, (context: RunContext) => string>> = {
  AuthenticationFailed: checkCredential,
  RateLimited: () => "wait and run it again, or use another AgentAuth",
  BillingError: ({ authRef }) => `add credit to the account of AgentAuth "${authRef}"`,
  ModelError: () => "check spec.model, and run it again later",
  MaxTurns: () => "give the agent a smaller task, or continue in another run",
  AgentError: seeLog,
  AgentCrashed: seeLog,
  NoResult: seeLog,
  Stopped: () => "run it again",
  TimedOut: ({ timeoutSeconds }) => `raise spec.timeoutSeconds (${timeoutSeconds}), or give the agent a smaller task`,
  CloneFailed: () => "check the Repository's owner, name, ref and tokenSecretRef",
  SkillFailed: () => "check the AgentSkill's repo, name and ref",
  ConfigInvalid: ({ runtimeRef }) =>
    `check that the image of AgentRuntime "${runtimeRef}" supports this version of agent.json`,
  BoundaryLeaks: () =>
    "Install a network plugin that enforces NetworkPolicy, and check that the policy clauderon-agents selects the pod",
  AgentMissing: ({ runtimeRef }) => `set an image that contains the agent in AgentRuntime "${runtimeRef}"`,
};

function checkCredential({ credential, authRef }: RunContext): string {
  if (credential === undefined) return `check the Secret of AgentAuth "${authRef}"`;
  return `check key "${credential.key}" of Secret "${credential.secret}" (AgentAuth "${authRef}")`;
}
