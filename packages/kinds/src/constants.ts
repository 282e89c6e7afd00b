import type { RunFailure } from "@clauderon/protocol";
import { GROUP } from "./group.ts";

/** Labels of every object the operator makes; those of the reference, and the hash of a run's inputs. */
export const LABELS = {
  managedBy: "app.kubernetes.io/managed-by",
  agentJob: `${GROUP}/agentjob`,
  agentJobNamespace: `${GROUP}/agentjob-namespace`,
  ownerUid: `${GROUP}/owner-uid`,
  configHash: `${GROUP}/config-hash`,
} as const;

/** Value of the label managed-by. */
export const MANAGED_BY = "thurkube";

/** Field manager of every server-side apply of the operator. */
export const FIELD_MANAGER = "thurkube";

/** On an AgentJob as long as cluster-scoped objects exist for it. */
export const FINALIZER = `${GROUP}/finalizer`;

/** Condition types of an AgentJob and what `True` means; the other kinds have `Ready` only. */
export const CONDITIONS = {
  Ready: "Everything the job refers to exists and its objects are as its spec says.",
  Suspended: "No new run starts, because spec.suspend is true.",
  RunSucceeded: "The newest run succeeded; Unknown while it runs or waits.",
} as const;

/** Why a run did not succeed, as the runner inside the pod tells it. */
const RUN_REASONS = {
  AuthenticationFailed: "The model API refused the credential (401 or 403).",
  RateLimited: "The model API still answered 429 or 529 after all retries.",
  BillingError: "The account has no credit.",
  ModelError: "The model API answered with another error.",
  MaxTurns: "The agent reached its own limit of turns.",
  AgentError: "The agent reported an error of another kind.",
  AgentCrashed: "The agent exited or was killed without a result.",
  NoResult: "The agent exited normally without a result.",
  Stopped: "The run was told to stop.",
  TimedOut: "The run took longer than spec.timeoutSeconds.",
  CloneFailed: "A repository could not be cloned.",
  SkillFailed: "The skill could not be installed.",
  ConfigInvalid: "agent.json cannot be read.",
  AgentMissing: "The image has no agent to start.",
} as const satisfies Record<RunFailure, string>;

/** Reasons of conditions and runs: one stable CamelCase word each, and what it means. */
export const REASONS = {
  Reconciled: "All objects of the job are as its spec says.",
  AgentRuntimeNotFound: "The AgentRuntime of runtimeRef does not exist in the namespace.",
  AgentAuthNotFound: "The AgentAuth of authRef does not exist in the namespace.",
  AgentRoleNotFound: "The AgentRole of roleRef does not exist in the namespace.",
  AgentSkillNotFound: "The AgentSkill of skillRef does not exist in the namespace.",
  McpServerNotFound: "An McpServer of mcpServerRefs does not exist in the namespace.",
  RepositoryNotFound: "A Repository of repositoryRefs does not exist in the namespace.",
  ClusterAccessNotFound: "The ClusterAccess of clusterAccessRef does not exist in the namespace.",
  ClusterAccessNotPermitted: "The rules of the ClusterAccess exceed the ceiling set when the operator was installed.",
  ChildConflict: "An object that the job needs exists already and belongs to somebody else.",
  ChildRefused: "The API server refused an object of the job; the message has its words.",
  Suspended: "spec.suspend is true.",
  NotSuspended: "spec.suspend is false.",
  NotStarted: "No run has started yet.",
  WaitingForPreviousRun: "The inputs changed while a run was active; its pod must be gone first.",
  PodPending: "The pod of the run is not running yet.",
  Running: "The agent is at work.",
  Succeeded: "The run ended and the agent reported success.",
  ImagePullFailed: "The image of the AgentRuntime cannot be pulled.",
  SecretKeyMissing: "A Secret or ConfigMap that the pod needs, or a key of it, does not exist.",
  Unschedulable: "No node can take the pod.",
  VolumeNotBound: "The volume of the job is not bound.",
  VolumeNotMounted: "The pod waits for its volumes, often for the Secret of a Repository's token.",
  PodRefused: "The pod cannot be made: a quota or an admission policy refuses it.",
  OutOfMemory: "The agent used more memory than its limit.",
  Evicted: "The node threw the pod out.",
  NodeLost: "The node of the pod is gone or does not answer.",
  StartFailed: "The container could not be started.",
  Replaced: "The inputs changed while the run was active, and a new run took its place.",
  JobDeleted: "The Job of the run was deleted before its result could be read.",
  PodLost: "The pod of the run was gone before its result could be read.",
  CrdOutdated: "The CustomResourceDefinition is older than the operator and has no place for all it has to tell.",
  InternalError: "The operator failed in a way it does not know; its log has the stack.",
  ...RUN_REASONS,
} as const;

/** One of the stable reasons. */
export type Reason = keyof typeof REASONS;
