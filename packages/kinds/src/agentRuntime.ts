import { z } from "zod";
import { absolutePath, envVarName, objectName } from "./schema/names.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  image: z
    .string()
    .min(1)
    .max(1024)
    .describe("Container image that runs the agent. Any image that reads agent.json from configPath works."),
  command: z
    .array(z.string().max(4096))
    .max(64)
    .exactOptional()
    .describe("Command that replaces the image's entrypoint. The agent's task is in agent.json, not in this command."),
  authEnvVar: envVarName.describe(
    "Environment variable from which the agent reads its credential, such as CLAUDE_CODE_OAUTH_TOKEN. Its value comes from the AgentAuth.",
  ),
  configPath: absolutePath.describe("Directory in the container where agent.json is mounted read-only."),
  persistPath: absolutePath.describe(
    "Directory in the container where the volume is mounted if the AgentJob sets persist: true.",
  ),
  imagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"])
    .exactOptional()
    .describe("When the kubelet pulls the image. Defaults to Always for the tag latest, otherwise IfNotPresent."),
  imagePullSecrets: z
    .array(z.object({ name: objectName.describe("Name of a Secret of type kubernetes.io/dockerconfigjson.") }))
    .max(32)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
    .describe("Secrets that the kubelet uses to pull the image. They are in the AgentJob's namespace."),
});

export const AGENT_RUNTIMES = defineReferencedKind<AgentRuntime>({
  kind: "AgentRuntime",
  plural: "agentruntimes",
  shortNames: ["ar"],
  description:
    "AgentRuntime defines the container image that runs an agent, and where that image reads its configuration and credential.",
  spec,
  columns: [
    { name: "Image", type: "string", jsonPath: ".spec.image", description: "Container image of the agent." },
    {
      name: "Auth Env",
      type: "string",
      jsonPath: ".spec.authEnvVar",
      description: "Environment variable of the credential.",
      priority: 1,
    },
  ],
});

/** A container image that runs an agent. */
export type AgentRuntime = ReferencedObject<typeof spec>;
