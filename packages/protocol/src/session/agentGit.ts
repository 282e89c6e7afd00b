import { z } from "zod";

const settings = z.array(z.object({ key: z.string().min(1), value: z.string() })).default([]);

/** The bytes of a file in base64: patterns hold names in any encoding. */
const file = z.base64().optional();

/** What an agent's git gets besides the configuration that it finds by itself. */
export const agentGitSchema = z.object({
  /** The user's settings, for a file that the repository's settings override. */
  config: settings,
  /** Settings that override all others. */
  overrides: settings,
  /** Filters of Git LFS where pointers stay pointers, and no other content can be committed. */
  pointerFilters: z.array(z.string().min(1)).default([]),
  /** The user's own ignore patterns and attributes. */
  excludes: file,
  attributes: file,
  /** The patterns and attributes in the git folder of the user's repository, for a session with its own repository. */
  repositoryExcludes: file,
  repositoryAttributes: file,
});
export type AgentGit = z.output<typeof agentGitSchema>;
