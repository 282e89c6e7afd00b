import { z } from "zod";
import { gitRef, pathSegment, repositoryPath } from "./schema/names.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  repo: repositoryPath.describe("Git repository of the skill, as owner/repo."),
  name: pathSegment.describe("Directory of the skill in the repository."),
  ref: gitRef.default("main").describe("Branch, tag or commit of the skill."),
});

export const AGENT_SKILLS = defineReferencedKind<AgentSkill>({
  kind: "AgentSkill",
  plural: "agentskills",
  shortNames: ["ask"],
  description:
    "AgentSkill is a directory in a git repository that adds instructions and scripts to the agent. It is installed before the agent starts.",
  spec,
  columns: [
    { name: "Repo", type: "string", jsonPath: ".spec.repo", description: "Git repository of the skill." },
    { name: "Skill", type: "string", jsonPath: ".spec.name", description: "Directory of the skill." },
    { name: "Ref", type: "string", jsonPath: ".spec.ref", description: "Branch, tag or commit." },
  ],
});

/** A skill in a git repository. */
export type AgentSkill = ReferencedObject<typeof spec>;
