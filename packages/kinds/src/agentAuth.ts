import { z } from "zod";
import { dataKey, objectName } from "./schema/names.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  secretRef: z
    .object({
      name: objectName.describe("Name of a Secret in the same namespace."),
      key: dataKey.describe("Key of the Secret that holds the credential."),
    })
    .describe("Secret key that holds the agent's credential. The operator never reads it."),
  delivery: z
    .enum(["Env", "Proxy"])
    .exactOptional()
    .describe(
      "How the agent uses the credential. Env: the kubelet passes the value to the pod. Proxy: the pod reaches only the proxy of its namespace, which sends the credential to its service; the pod has a placeholder. The Secret needs the label clauderon.dev/proxy=credential. Defaults to Env.",
    ),
});

export const AGENT_AUTHS = defineReferencedKind<AgentAuth>({
  kind: "AgentAuth",
  plural: "agentauths",
  shortNames: ["aa"],
  description:
    "AgentAuth refers to the Secret key that holds an agent's credential. The AgentRuntime names the environment variable that receives it.",
  spec,
  columns: [
    { name: "Secret", type: "string", jsonPath: ".spec.secretRef.name", description: "Name of the Secret." },
    { name: "Key", type: "string", jsonPath: ".spec.secretRef.key", description: "Key of the Secret." },
  ],
});

/** The Secret key that holds an agent's credential. */
export type AgentAuth = ReferencedObject<typeof spec>;
