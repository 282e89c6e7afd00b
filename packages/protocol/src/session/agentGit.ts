import { z } from "zod";

const settings = z.array(z.object({ key: z.string().min(1), value: z.string() })).default([]);

/** The bytes of a file in base64: patterns hold names in any encoding. */
const file = z.base64().optional();

/** What git of an agent has besides the configuration that it finds by itself. */
export const agentGitSchema = z.object({
  /** Settings of the user, for a file that counts less than the repository's. */
  config: settings,
  /** Settings that count more than all others. */
  overrides: settings,
  /** Filters of Git LFS where pointers stay pointers, and no other content can be committed. */
  pointerFilters: z.array(z.string().min(1)).default([]),
  /** The user's own ignore patterns and attributes. */
  excludes: file,
  attributes: file,
  /** Those in the git folder of the user's repository, for a session that has a repository of its own. */
  repositoryExcludes: file,
  repositoryAttributes: file,
});
export type AgentGit = z.output<typeof agentGitSchema>;
