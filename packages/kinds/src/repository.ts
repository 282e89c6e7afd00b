import { z } from "zod";
import { dataKey, gitRef, objectName, pathSegment, repositoryName } from "./schema/names.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

const spec = z.object({
  owner: pathSegment.describe("User or organization that owns the repository."),
  name: repositoryName.describe("Name of the repository on the git host."),
  ref: gitRef.exactOptional().describe("Branch to check out. Defaults to the repository's default branch."),
  tokenSecretRef: z
    .object({
      name: objectName.describe("Name of a Secret in the same namespace."),
      key: dataKey.describe("Key of the Secret that holds the token."),
    })
    .exactOptional()
    .describe(
      "Secret key that holds a token for cloning and pushing. The pod receives it as a file for git's credential helper, not as an environment variable.",
    ),
});

export const REPOSITORIES = defineReferencedKind<Repository>({
  kind: "Repository",
  plural: "repositories",
  shortNames: ["repo"],
  description:
    "Repository is a git repository that is cloned before the agent starts. The directory of the checkout has the name of the Repository object.",
  spec,
  columns: [
    { name: "Owner", type: "string", jsonPath: ".spec.owner", description: "Owner of the repository." },
    { name: "Repo", type: "string", jsonPath: ".spec.name", description: "Name of the repository on the git host." },
    { name: "Ref", type: "string", jsonPath: ".spec.ref", description: "Branch to check out.", priority: 1 },
  ],
});

/** A git repository for the agent to work on. */
export type Repository = ReferencedObject<typeof spec>;
