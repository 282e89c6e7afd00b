import { join } from "node:path";
import { messageOf } from "@clauderon/base";
import { makeFolder, replaceFile } from "@clauderon/files";
import { writeAgentGit } from "@clauderon/git";
import type { AgentGit, RunnerSession } from "@clauderon/protocol";

/** A disk that is full, or a home that the agent has made into something else, is no reason not to start. */
export function tryWriteAgentGit(folder: string, session: RunnerSession, log: (message: string) => void): void {
  if (session.git === undefined) return;
  try {
    writeAgentGit(session.git, { folder, home: session.home });
  } catch (thrown) {
    log(`The agent's git has not all settings of yours: ${messageOf(thrown)}`);
  }
}

/** The settings of the agent's git that count more than all others. `program` is this runner. */
export function agentOverrides({ git }: RunnerSession, program: readonly string[]): AgentGit["overrides"] {
  if (git === undefined) return [];
  const command = [...program, "pointer-filter"].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const filters = git.pointerFilters.flatMap((driver) => [
    { key: `filter.${driver}.process`, value: command },
    { key: `filter.${driver}.required`, value: "true" },
  ]);
  return [...git.overrides, ...filters];
}

/** Writes the patterns and attributes of the user's git folder into one that was just made. */
export function writeRepositoryFiles(gitFolder: string, git: AgentGit | undefined): void {
  const files = { exclude: git?.repositoryExcludes, attributes: git?.repositoryAttributes };
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    makeFolder(join(gitFolder, "info"));
    replaceFile(join(gitFolder, "info", name), Buffer.from(content, "base64"));
  }
}
