import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { dataKey, objectName } from "./schema/names.ts";
import { AGE, defineKind } from "./kind.ts";

const spec = z.object({
  secretRef: z
    .object({
      name: objectName.describe("Name of a Secret in the same namespace."),
      key: dataKey.describe("Key of that Secret whose value is the credential."),
    })
    .describe("Where the agent's credential is kept. The operator never reads it: the kubelet hands it to the pod."),
});

export const AGENT_AUTHS = defineKind<AgentAuth>({
  kind: "AgentAuth",
  plural: "agentauths",
  shortNames: ["aa"],
  description:
    "An AgentAuth names the Secret key that holds an agent's credential; the AgentRuntime says in which variable it goes.",
  spec,
  status: referencedStatus,
  columns: [
    { name: "Secret", type: "string", jsonPath: ".spec.secretRef.name", description: "The Secret." },
    { name: "Key", type: "string", jsonPath: ".spec.secretRef.key", description: "The key in the Secret." },
    AGE,
  ],
});

/** The Secret key that holds an agent's credential. */
export interface AgentAuth extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
