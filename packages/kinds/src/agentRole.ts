import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { AGE, defineKind } from "./kind.ts";

const spec = z.object({
  allowedTools: z
    .array(z.string().min(1).max(1024))
    .max(1024)
    .describe(
      "Tools the agent may use without asking, in the agent's own words: Bash, Read, Bash(git log:*), mcp__gmail__*. All others are denied; an empty list denies every tool that needs permission.",
    ),
});

export const AGENT_ROLES = defineKind<AgentRole>({
  kind: "AgentRole",
  plural: "agentroles",
  shortNames: ["arl"],
  description:
    "An AgentRole is the set of tools an agent may use. It limits the agent, not the pod: for the Kubernetes API see ClusterAccess.",
  spec,
  status: referencedStatus,
  columns: [
    {
      name: "Allowed Tools",
      type: "string",
      jsonPath: ".spec.allowedTools",
      description: "The tools the agent may use.",
    },
    AGE,
  ],
});

/** The tools an agent may use. */
export interface AgentRole extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
