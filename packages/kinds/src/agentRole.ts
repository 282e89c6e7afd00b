import { z } from "zod";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  allowedTools: z
    .array(z.string().min(1).max(1024))
    .max(1024)
    .describe(
      "Tools that the agent may use without asking, in the agent's own syntax, such as Bash, Read, Bash(git log:*) or mcp__gmail__*. All other tools are denied. An empty list denies every tool that needs permission.",
    ),
});

export const AGENT_ROLES = defineReferencedKind<AgentRole>({
  kind: "AgentRole",
  plural: "agentroles",
  shortNames: ["arl"],
  description:
    "AgentRole lists the tools that an agent may use. It restricts the agent, not the pod. For access to the Kubernetes API, see ClusterAccess.",
  spec,
  columns: [
    {
      name: "Allowed Tools",
      type: "string",
      jsonPath: ".spec.allowedTools",
      description: "Tools that the agent may use.",
    },
  ],
});

/** The tools that an agent may use. */
export type AgentRole = ReferencedObject<typeof spec>;
