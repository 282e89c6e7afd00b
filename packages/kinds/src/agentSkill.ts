import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { gitRef, pathSegment, repositoryPath } from "./schema/names.ts";
import { AGE, defineKind } from "./kind.ts";

const spec = z.object({
  repo: repositoryPath.describe("Repository that holds the skill, as owner/repo."),
  name: pathSegment.describe("Directory of the skill in that repository."),
  ref: gitRef.default("main").describe("Branch, tag or commit to take the skill from."),
});

export const AGENT_SKILLS = defineKind<AgentSkill>({
  kind: "AgentSkill",
  plural: "agentskills",
  shortNames: ["ask"],
  description:
    "An AgentSkill is a directory of a git repository that teaches the agent something; it is installed before the agent starts.",
  spec,
  status: referencedStatus,
  columns: [
    { name: "Repo", type: "string", jsonPath: ".spec.repo", description: "The repository." },
    { name: "Skill", type: "string", jsonPath: ".spec.name", description: "The directory." },
    { name: "Ref", type: "string", jsonPath: ".spec.ref", description: "The branch, tag or commit." },
    AGE,
  ],
});

/** A skill in a git repository. */
export interface AgentSkill extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
