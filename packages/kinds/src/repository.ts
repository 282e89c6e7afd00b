import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { dataKey, gitRef, objectName, pathSegment, repositoryName } from "./schema/names.ts";
import { AGE, defineKind } from "./kind.ts";

const spec = z.object({
  owner: pathSegment.describe("User or organisation that owns the repository."),
  name: repositoryName.describe("Name of the repository on the git host."),
  ref: gitRef.exactOptional().describe("Branch to check out; the repository's default branch when absent."),
  tokenSecretRef: z
    .object({
      name: objectName.describe("Name of a Secret in the same namespace."),
      key: dataKey.describe("Key of that Secret whose value is the token."),
    })
    .exactOptional()
    .describe("Token for cloning and pushing. It reaches the pod as a file that only git's credential helper reads."),
});

export const REPOSITORIES = defineKind<Repository>({
  kind: "Repository",
  plural: "repositories",
  shortNames: ["repo"],
  description:
    "A Repository is a git repository that is cloned for the agent before it starts, into a folder named after this object.",
  spec,
  status: referencedStatus,
  columns: [
    { name: "Owner", type: "string", jsonPath: ".spec.owner", description: "The owner." },
    { name: "Repo", type: "string", jsonPath: ".spec.name", description: "The name on the git host." },
    { name: "Ref", type: "string", jsonPath: ".spec.ref", description: "The branch that is checked out.", priority: 1 },
    AGE,
  ],
});

/** A git repository for the agent to work on. */
export interface Repository extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
