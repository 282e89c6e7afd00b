import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { cronSchedule, timeZone } from "./schema/cron.ts";
import { envFromSources, envVars } from "./schema/env.ts";
import { objectName } from "./schema/names.ts";
import { quantity, resourceRequirements } from "./schema/quantity.ts";
import { agentJobStatus } from "./agentJobStatus.ts";
import { AGE, defineKind } from "./kind.ts";

/** etcd keeps objects of up to 1.5 MiB, so a prompt of this many characters of ASCII still fits. */
const MAX_PROMPT = 1_048_576;

const objectNames = z.array(objectName).max(64).exactOptional();

const persistence = z.object({
  size: quantity
    .default("1Gi")
    .describe("Size of the volume. It can grow later if the storage class allows that; it never shrinks."),
  storageClassName: z
    .string()
    .max(253)
    .exactOptional()
    .describe("StorageClass of the volume; the cluster's default when absent."),
});

const spec = z.object({
  schedule: cronSchedule
    .exactOptional()
    .describe(
      "When the agent runs: five fields (minute, hour, day of month, month, day of week) as in '0 */6 * * *', or a macro such as @daily. Without it the agent runs once, as soon as the job is made.",
    ),
  timezone: timeZone.default("Etc/UTC").describe("IANA time zone in which the schedule is read."),
  suspend: z
    .boolean()
    .default(false)
    .describe("While true, no new run starts; a running one-shot is stopped and starts anew when this is set back."),
  runtimeRef: objectName.describe("Name of the AgentRuntime: the image that runs the agent."),
  authRef: objectName.describe("Name of the AgentAuth: the agent's credential."),
  roleRef: objectName.describe("Name of the AgentRole: the tools the agent may use."),
  skillRef: objectName.exactOptional().describe("Name of an AgentSkill to install."),
  clusterAccessRef: objectName
    .exactOptional()
    .describe(
      "Name of a ClusterAccess: what the agent may do with the Kubernetes API. Without it the pod has no API token.",
    ),
  mcpServerRefs: objectNames.describe("Names of McpServers the agent may use."),
  repositoryRefs: objectNames.describe("Names of Repositories to clone. With exactly one, the agent works inside it."),
  prompt: z.string().min(1).max(MAX_PROMPT).describe("What the agent is to do."),
  instructions: z
    .string()
    .max(MAX_PROMPT)
    .exactOptional()
    .describe("Standing rules for the agent, added to its system prompt."),
  model: z.string().min(1).max(128).exactOptional().describe("Model to use; the agent's own default when absent."),
  resources: resourceRequirements.exactOptional().describe("CPU and memory of the agent's container."),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(3600)
    .describe("Seconds after which a run is ended and counts as failed."),
  env: envVars
    .exactOptional()
    .describe(
      "Further environment variables of the agent. They may replace HOME and the workspace; where credential, configuration and volume are stays what the operator says.",
    ),
  envFrom: envFromSources.exactOptional().describe("ConfigMaps and Secrets whose keys become environment variables."),
  persist: z
    .boolean()
    .default(false)
    .describe("Whether a volume outlives the runs, mounted at the runtime's persistPath. It goes with the AgentJob."),
  persistence: persistence.exactOptional().describe("The volume of a job with persist: true."),
});

export const AGENT_JOBS = defineKind<AgentJob>({
  kind: "AgentJob",
  plural: "agentjobs",
  shortNames: ["aj"],
  description:
    "An AgentJob runs a coding agent, once or on a schedule, in a locked-down pod. Everything it names is an object in the same namespace; a change of any of them reaches the job at once.",
  spec,
  status: agentJobStatus,
  columns: [
    {
      name: "Schedule",
      type: "string",
      jsonPath: ".status.schedule",
      description: "When it runs; <none> for a one-shot.",
    },
    { name: "Suspended", type: "boolean", jsonPath: ".spec.suspend", description: "Whether new runs are held back." },
    { name: "Phase", type: "string", jsonPath: ".status.phase", description: "Where the job stands." },
    { name: "Last Run", type: "date", jsonPath: ".status.lastRunTime", description: "When the newest run started." },
    { name: "Message", type: "string", jsonPath: ".status.message", description: "What is going on.", priority: 1 },
    { ...AGE, priority: 1 },
  ],
});

export type AgentJobSpec = z.output<typeof spec>;
export type AgentJobStatus = z.output<typeof agentJobStatus>;
export type AgentJobPhase = NonNullable<AgentJobStatus["phase"]>;
export type RunStatus = NonNullable<AgentJobStatus["runs"]>[number];

/** An agent's job, once or on a schedule; as the API server gives it, with defaults filled in. */
export interface AgentJob extends KubeObject {
  readonly spec: AgentJobSpec;
  readonly status?: AgentJobStatus;
}
