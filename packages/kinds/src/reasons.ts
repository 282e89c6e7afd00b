import type { RunFailure } from "@clauderon/protocol";

/** Condition types of an AgentJob, each with what `True` means. */
export const CONDITIONS = {
  Ready: "Every object that the AgentJob refers to exists, and its child objects match the spec.",
  Suspended: "spec.suspend is true, so no new run starts.",
  BoundaryVerified:
    "The newest run tried the ways around its proxy, and none was open. Only on AgentJobs whose AgentAuth has delivery Proxy.",
  RunSucceeded: "The newest run succeeded. Unknown while the run is waiting or running.",
} as const;

/** Why a run failed, as the runner in the pod reports it. */
const RUN_REASONS = {
  AuthenticationFailed: "The model API refused the credential (401 or 403).",
  RateLimited: "The model API still answered 429 or 529 after all retries.",
  BillingError: "The account has no credit.",
  ModelError: "The model API returned an error that no other reason covers.",
  MaxTurns: "The agent reached its limit of turns.",
  AgentError: "The agent reported an error that no other reason covers.",
  AgentCrashed: "The agent exited with an error or was killed before it reported a result.",
  NoResult: "The agent exited normally but did not report a result.",
  Stopped: "The run received a signal to stop.",
  TimedOut: "The run took longer than spec.timeoutSeconds.",
  CloneFailed: "A repository could not be cloned.",
  SkillFailed: "The skill could not be installed.",
  ConfigInvalid: "agent.json is missing or invalid.",
  BoundaryLeaks: "The pod reached a place past its proxy, so the agent was not started. The message names the place.",
  AgentMissing: "The image does not contain the agent's program.",
} as const satisfies Record<RunFailure, string>;

/** Reasons of conditions and runs: stable CamelCase words, each with its meaning. */
export const REASONS = {
  Reconciled: "All child objects match the spec.",
  AgentRuntimeNotFound: "The AgentRuntime named by runtimeRef does not exist in the namespace.",
  AgentAuthNotFound: "The AgentAuth named by authRef does not exist in the namespace.",
  AgentRoleNotFound: "The AgentRole named by roleRef does not exist in the namespace.",
  AgentSkillNotFound: "The AgentSkill named by skillRef does not exist in the namespace.",
  McpServerNotFound: "An McpServer named by mcpServerRefs does not exist in the namespace.",
  RepositoryNotFound: "A Repository named by repositoryRefs does not exist in the namespace.",
  ClusterAccessNotFound: "The ClusterAccess named by clusterAccessRef does not exist in the namespace.",
  ClusterAccessNotPermitted: "The rules of the ClusterAccess exceed the chart value clusterAccess.ceiling.",
  ProxyNotFound:
    "The AgentAuth has delivery Proxy, but the namespace has no proxy: there is no Service clauderon-proxy.",
  DeliveryNotSupported:
    "The AgentAuth has delivery Proxy, but the proxy knows no service that takes the credential; or spec.egress is set without it.",
  ConfigTooLarge:
    "Prompt, instructions, tools and McpServers do not fit into one ConfigMap. The message has their sizes in bytes.",
  ChildConflict: "An object with the name of a child object already exists and does not belong to this AgentJob.",
  ChildRefused: "The API server rejected a child object. The message has the API server's error.",
  Suspended: "spec.suspend is true.",
  JobSuspended: "Something other than this AgentJob suspended the Job of the run, such as Kueue or a person.",
  NotSuspended: "spec.suspend is false.",
  BoundaryHolds: "The newest run tried the ways around its proxy, and none was open.",
  NotVerified: "No finished run has tried the ways around its proxy yet.",
  NotStarted: "No run has started yet.",
  WaitingForPreviousRun: "The inputs changed during a run. The new run starts when the pod of the old run is gone.",
  PodPending: "The pod of the run is not running yet.",
  Running: "The agent is running.",
  Succeeded: "The run finished and the agent reported success.",
  ImagePullFailed: "The image of the AgentRuntime cannot be pulled.",
  SecretKeyMissing: "A Secret or ConfigMap that the pod needs does not exist, or one of its keys is missing.",
  Unschedulable: "No node can run the pod.",
  VolumeNotBound: "The volume of the AgentJob is not bound.",
  VolumeNotMounted: "The pod is waiting for its volumes, often for the Secret with the token of a Repository.",
  PodRefused: "The pod cannot be created, because a quota or an admission policy rejects it.",
  OutOfMemory: "The run exceeded its memory limit.",
  Evicted: "The pod was evicted.",
  NodeLost: "The node of the pod is gone or does not respond.",
  StartFailed: "The container could not be started.",
  Replaced: "The inputs changed during the run, and a new run replaced it.",
  JobDeleted: "The Job of the run was deleted before the operator could read its result.",
  PodLost: "The pod of the run was deleted before the operator could read its result.",
  CrdOutdated:
    "The CustomResourceDefinition is older than the operator and is missing fields. No run starts until it is upgraded.",
  InternalError: "The operator failed with an unexpected error. Its log has the stack trace.",
  ...RUN_REASONS,
} as const;

/** One of {@link REASONS}. */
export type Reason = keyof typeof REASONS;
