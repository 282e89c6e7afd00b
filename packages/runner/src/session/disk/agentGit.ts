import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@clauderon/base";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";
import { configText } from "@clauderon/git";
import type { AgentGit, RunnerSession } from "@clauderon/protocol";

/** More than anybody's configuration; a longer one stays as it is. */
const MAX_BYTES = 1_048_576;

/**
 * Writes what git has of the user's into the session's folder, and makes the configuration in the agent's home include it:
 * settings of the agent's own count more. A disk that is full, or a home that the agent has made into something else, is no
 * reason not to start.
 */
export function writeAgentGit(folder: string, session: RunnerSession, log: (message: string) => void): void {
  if (session.git === undefined) return;
  try {
    mkdirSync(session.home, { recursive: true, mode: 0o700 });
    const place = join(folder, "git");
    makeFolder(place);
    const config = join(place, "config");
    replaceFile(config, configText([...session.git.config, ...writeFiles(place, session.git)]));
    includeIn(join(session.home, ".gitconfig"), config);
  } catch (thrown) {
    log(`The agent's git has not all settings of yours: ${messageOf(thrown)}`);
  }
}

/** The files that the user has, and the settings that name them. */
function writeFiles(place: string, git: AgentGit): AgentGit["config"] {
  const files = [
    { key: "core.excludesFile", name: "ignore", content: git.excludes },
    { key: "core.attributesFile", name: "attributes", content: git.attributes },
  ];
  return files.flatMap(({ key, name, content }) => {
    if (content === undefined) return [];
    const path = join(place, name);
    replaceFile(path, Buffer.from(content, "base64"));
    return [{ key, value: path }];
  });
}

/** Once, at the beginning, so that what follows in the file counts more. */
function includeIn(path: string, included: string): void {
  const line = configText([{ key: "include.path", value: included }]);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return replaceFile(path, line);
  const before = readPlainFile(path, MAX_BYTES);
  if (before === undefined || before.includes(line)) return;
  replaceFile(path, Buffer.concat([Buffer.from(line), before]));
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
