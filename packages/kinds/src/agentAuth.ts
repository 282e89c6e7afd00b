import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { dataKey, objectName } from "./schema/names.ts";
import { AGE, defineKind } from "./kind.ts";

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

export const AGENT_AUTHS = defineKind<AgentAuth>({
  kind: "AgentAuth",
  plural: "agentauths",
  shortNames: ["aa"],
  description:
    "AgentAuth refers to the Secret key that holds an agent's credential. The AgentRuntime names the environment variable that receives it.",
  spec,
  status: referencedStatus,
  columns: [
    { name: "Secret", type: "string", jsonPath: ".spec.secretRef.name", description: "Name of the Secret." },
    { name: "Key", type: "string", jsonPath: ".spec.secretRef.key", description: "Key of the Secret." },
    AGE,
  ],
});

/** The Secret key that holds an agent's credential. */
export interface AgentAuth extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
