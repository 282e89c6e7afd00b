import { join } from "node:path";
import { messageOf } from "@clauderon/base";
import { makeFolder, replaceFile } from "@clauderon/files";
import { writeAgentGit } from "@clauderon/git";
import type { AgentGit, RunnerSession } from "@clauderon/protocol";

/** A full disk, or a home that the agent has made unusable, does not prevent the start. */
export function tryWriteAgentGit(folder: string, session: RunnerSession, log: (message: string) => void): void {
  if (session.git === undefined) return;
  try {
    writeAgentGit(session.git, { folder, home: session.home });
  } catch (thrown) {
    log(`The agent's git has not all settings of yours: ${messageOf(thrown)}`);
  }
}

/** The settings that override all others in the agent's git. `program` is this runner. */
export function agentOverrides({ git }: RunnerSession, program: readonly string[]): AgentGit["overrides"] {
  if (git === undefined) return [];
  const command = [...program, "pointer-filter"].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const filters = git.pointerFilters.flatMap((driver) => [
    { key: `filter.${driver}.process`, value: command },
    { key: `filter.${driver}.required`, value: "true" },
  ]);
  return [...git.overrides, ...filters];
}

/** Writes the patterns and attributes of the user's git folder into a new git folder. */
export function writeRepositoryFiles(gitFolder: string, git: AgentGit | undefined): void {
  const files = { exclude: git?.repositoryExcludes, attributes: git?.repositoryAttributes };
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    makeFolder(join(gitFolder, "info"));
    replaceFile(join(gitFolder, "info", name), Buffer.from(content, "base64"));
  }
}
