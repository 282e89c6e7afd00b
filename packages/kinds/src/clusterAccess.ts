import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { AGE, defineKind } from "./kind.ts";

const texts = z.array(z.string());

const policyRule = z.object({
  apiGroups: texts.exactOptional().describe("API groups of the resources; '' is the core group, '*' is all."),
  resources: texts.exactOptional().describe("Resources, as in pods or pods/log; '*' is all."),
  resourceNames: texts.exactOptional().describe("Names of single objects; all objects when absent."),
  nonResourceURLs: texts
    .exactOptional()
    .describe("Paths that are not resources, as in /metrics; instead of apiGroups and resources."),
  verbs: texts.describe("What may be done, as in get, list, watch; '*' is everything."),
});

const spec = z.object({
  rules: z
    .array(policyRule)
    .describe(
      "RBAC PolicyRules that become a ClusterRole, bound to the job's own ServiceAccount. They can never exceed the ceiling set when the operator was installed.",
    ),
});

export const CLUSTER_ACCESSES = defineKind<ClusterAccess>({
  kind: "ClusterAccess",
  plural: "clusteraccesses",
  shortNames: ["ca"],
  description:
    "A ClusterAccess lets the agents that refer to it use the Kubernetes API. Without one, a pod has no API token at all.",
  spec,
  status: referencedStatus,
  columns: [
    {
      name: "Resources",
      type: "string",
      jsonPath: ".spec.rules[*].resources",
      description: "The resources of all rules.",
    },
    {
      name: "Verbs",
      type: "string",
      jsonPath: ".spec.rules[*].verbs",
      description: "The verbs of all rules.",
      priority: 1,
    },
    AGE,
  ],
});

/** What an agent may do with the Kubernetes API. */
export interface ClusterAccess extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
