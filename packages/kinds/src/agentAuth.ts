import { z } from "zod";
import { dataKey, objectName } from "./schema/names.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  secretRef: z
    .object({
      name: objectName.describe("Name of a Secret in the same namespace."),
      key: dataKey.describe("Key of the Secret that holds the credential."),
    })
    .describe(
      "Secret key that holds the agent's credential. The kubelet passes the value to the pod; the operator never reads it.",
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
