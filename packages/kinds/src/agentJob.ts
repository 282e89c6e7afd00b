import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { cronSchedule, timeZone } from "./schema/cron.ts";
import { egress } from "./schema/egress.ts";
import { envFromSources, envVars } from "./schema/env.ts";
import { objectName } from "./schema/names.ts";
import { quantity, resourceRequirements } from "./schema/quantity.ts";
import { withRules } from "./schema/rule.ts";
import { agentJobStatus } from "./agentJobStatus.ts";
import { AGE, defineKind } from "./kind.ts";

/**
 * Prompt and instructions go into one ConfigMap, whose values may have 1 MiB: this many characters fit if few of them need
 * more than a byte as JSON. The operator reports what does not fit.
 */
const MAX_TEXT = 1_000_000;

const objectNames = z.array(objectName).max(64).exactOptional();

const persistence = z.object({
  size: quantity
    .default("1Gi")
    .describe(
      "Size of the volume. You can increase it later if the storage class allows expansion. A smaller value has no effect on an existing volume.",
    ),
  storageClassName: z
    .string()
    .max(253)
    .exactOptional()
    .describe("StorageClass of the volume. Defaults to the cluster's default StorageClass."),
});

const TOGETHER = `Prompt and instructions can have ${MAX_TEXT} characters together.`;

const fields = z.object({
  schedule: cronSchedule
    .exactOptional()
    .describe(
      "Schedule in cron format: five fields (minute, hour, day of month, month, day of week) such as '0 */6 * * *', or a macro such as @daily. If unset, the agent runs once, as soon as the AgentJob is created.",
    ),
  timezone: timeZone.default("Etc/UTC").describe("IANA time zone of the schedule, such as Europe/Paris."),
  suspend: z
    .boolean()
    .default(false)
    .describe(
      "Suspends the job: no new run starts while this is true. An active one-shot run is stopped, and starts again from the beginning when this becomes false. An active scheduled run continues to its end.",
    ),
  runtimeRef: objectName.describe("Name of the AgentRuntime, which defines the image that runs the agent."),
  authRef: objectName.describe("Name of the AgentAuth, which refers to the agent's credential."),
  roleRef: objectName.describe("Name of the AgentRole, which lists the tools the agent may use."),
  skillRef: objectName.exactOptional().describe("Name of an AgentSkill to install before the agent starts."),
  clusterAccessRef: objectName
    .exactOptional()
    .describe(
      "Name of a ClusterAccess, which grants the agent permissions on the Kubernetes API. If unset, the pod has no API token.",
    ),
  mcpServerRefs: objectNames.describe("Names of the McpServers that the agent connects to."),
  repositoryRefs: objectNames.describe(
    "Names of the Repositories to clone before the agent starts. If there is exactly one, the agent's working directory is its checkout.",
  ),
  prompt: z.string().min(1).max(MAX_TEXT).describe(`The agent's task. ${TOGETHER}`),
  instructions: z
    .string()
    .max(MAX_TEXT)
    .exactOptional()
    .describe(`Text added to the agent's system prompt, for rules that apply to every task. ${TOGETHER}`),
  model: z.string().min(1).max(128).exactOptional().describe("Model to use. Defaults to the agent's default model."),
  resources: resourceRequirements
    .exactOptional()
    .describe("CPU and memory requests and limits of the agent's container."),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(3600)
    .describe(
      "Maximum duration of a run in seconds. A run that takes longer is stopped and fails with reason TimedOut.",
    ),
  env: envVars
    .exactOptional()
    .describe(
      "Additional environment variables of the agent's container. They can override HOME and THURKUBE_WORKSPACE; the operator's other variables (credential, configuration, volume, tokens, timeout) take precedence.",
    ),
  envFrom: envFromSources
    .exactOptional()
    .describe("ConfigMaps and Secrets whose keys become environment variables of the agent's container."),
  egress: egress
    .exactOptional()
    .describe(
      "What the agent may reach by the proxy of the namespace. The AgentAuth must have delivery Proxy. A change applies to an active run, and starts no new one.",
    ),
  persist: z
    .boolean()
    .default(false)
    .describe(
      "Keeps a volume between runs, mounted at the AgentRuntime's persistPath. The volume is deleted with the AgentJob.",
    ),
  persistence: persistence
    .exactOptional()
    .describe("Size and StorageClass of the volume. Has no effect unless persist is true."),
});

const spec = withRules(fields, [
  {
    rule: `!has(self.instructions) || size(self.prompt) + size(self.instructions) <= ${MAX_TEXT}`,
    message: `prompt and instructions can have at most ${MAX_TEXT} characters together`,
  },
]);

export const AGENT_JOBS = defineKind<AgentJob>({
  kind: "AgentJob",
  plural: "agentjobs",
  shortNames: ["aj"],
  description:
    "AgentJob runs a coding agent in a locked-down pod, once or on a schedule. The objects it refers to are in the same namespace; a change to one of them updates the AgentJob immediately.",
  spec,
  status: agentJobStatus,
  columns: [
    {
      name: "Schedule",
      type: "string",
      jsonPath: ".status.schedule",
      description: "Schedule of the AgentJob; <none> if it runs once.",
    },
    {
      name: "Suspended",
      type: "boolean",
      jsonPath: ".spec.suspend",
      description: "Whether the AgentJob is suspended.",
    },
    { name: "Phase", type: "string", jsonPath: ".status.phase", description: "Current phase of the AgentJob." },
    { name: "Last Run", type: "date", jsonPath: ".status.lastRunTime", description: "Start time of the newest run." },
    {
      name: "Cost",
      type: "string",
      jsonPath: ".status.usage.cost",
      description: "Cost of all runs in US dollars, as the proxy counted it.",
      priority: 1,
    },
    {
      name: "Message",
      type: "string",
      jsonPath: ".status.message",
      description: "Current state of the AgentJob, with advice if something is wrong.",
      priority: 1,
    },
    { ...AGE, priority: 1 },
  ],
});

export type AgentJobSpec = z.output<typeof spec>;
export type AgentJobStatus = z.output<typeof agentJobStatus>;
export type AgentJobPhase = NonNullable<AgentJobStatus["phase"]>;
export type RunStatus = NonNullable<AgentJobStatus["runs"]>[number];

/** An AgentJob as the API server returns it, with defaults filled in. */
export interface AgentJob extends KubeObject {
  readonly spec: AgentJobSpec;
  readonly status?: AgentJobStatus;
}
