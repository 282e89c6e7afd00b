import { z } from "zod";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const texts = z.array(z.string());

const policyRule = z.object({
  apiGroups: texts.exactOptional().describe("API groups of the resources. '' is the core group, '*' is all groups."),
  resources: texts.exactOptional().describe("Resources such as pods or pods/log. '*' is all resources."),
  resourceNames: texts
    .exactOptional()
    .describe("Names of the objects that the rule applies to. Defaults to all objects."),
  nonResourceURLs: texts
    .exactOptional()
    .describe(
      "URL paths that are not resources, such as /metrics. A rule has either these or apiGroups and resources.",
    ),
  verbs: texts.describe("Allowed verbs such as get, list and watch. '*' is all verbs."),
});

const spec = z.object({
  rules: z
    .array(policyRule)
    .describe(
      "RBAC rules to grant. The operator creates a ClusterRole with these rules and binds it to the ServiceAccount of the AgentJob's pods. The rules cannot exceed the chart value clusterAccess.ceiling.",
    ),
});

export const CLUSTER_ACCESSES = defineReferencedKind<ClusterAccess>({
  kind: "ClusterAccess",
  plural: "clusteraccesses",
  shortNames: ["ca"],
  description:
    "ClusterAccess grants permissions on the Kubernetes API to the AgentJobs that refer to it. The pod of an AgentJob without a ClusterAccess has no API token.",
  spec,
  columns: [
    {
      name: "Resources",
      type: "string",
      jsonPath: ".spec.rules[*].resources",
      description: "Resources of all rules.",
    },
    {
      name: "Verbs",
      type: "string",
      jsonPath: ".spec.rules[*].verbs",
      description: "Verbs of all rules.",
      priority: 1,
    },
  ],
});

/** The permissions of an agent on the Kubernetes API. */
export type ClusterAccess = ReferencedObject<typeof spec>;
