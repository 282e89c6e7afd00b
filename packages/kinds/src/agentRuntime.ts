import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { absolutePath, envVarName, objectName } from "./schema/names.ts";
import { AGE, defineKind } from "./kind.ts";

const spec = z.object({
  image: z
    .string()
    .min(1)
    .max(1024)
    .describe("Container image of the agent. Any image that reads agent.json at configPath works."),
  command: z
    .array(z.string().max(4096))
    .max(64)
    .exactOptional()
    .describe(
      "Replaces the image's entrypoint. The agent's instructions never pass through here: they are in agent.json.",
    ),
  authEnvVar: envVarName.describe(
    "Environment variable in which the image expects its credential, as in CLAUDE_CODE_OAUTH_TOKEN; filled from the AgentAuth.",
  ),
  configPath: absolutePath.describe("Folder in the container where agent.json is mounted, read-only."),
  persistPath: absolutePath.describe(
    "Folder in the container where the volume of a job with persist: true is mounted.",
  ),
  imagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"])
    .exactOptional()
    .describe("When the image is pulled; Kubernetes' own default when absent (Always for :latest, else IfNotPresent)."),
  imagePullSecrets: z
    .array(z.object({ name: objectName.describe("Name of a Secret of type kubernetes.io/dockerconfigjson.") }))
    .max(32)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
    .describe("Secrets in the job's namespace with which the kubelet pulls the image."),
});

export const AGENT_RUNTIMES = defineKind<AgentRuntime>({
  kind: "AgentRuntime",
  plural: "agentruntimes",
  shortNames: ["ar"],
  description:
    "An AgentRuntime is a container image that can run an agent, and where that image expects its files and its credential.",
  spec,
  status: referencedStatus,
  columns: [
    { name: "Image", type: "string", jsonPath: ".spec.image", description: "The container image." },
    {
      name: "Auth Env",
      type: "string",
      jsonPath: ".spec.authEnvVar",
      description: "Where the credential goes.",
      priority: 1,
    },
    AGE,
  ],
});

/** A container image that runs an agent. */
export interface AgentRuntime extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
