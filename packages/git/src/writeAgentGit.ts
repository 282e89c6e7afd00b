import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";
import type { AgentGit } from "@clauderon/protocol";
import { configText } from "./model/configText.ts";

/** Longer than anybody's configuration. A longer file is not changed. */
const MAX_BYTES = 1_048_576;

/** The agent's HOME, and our folder for the files. */
export interface AgentGitFolders {
  readonly folder: string;
  readonly home: string;
}

/**
 * Writes the part of the user's git that an agent's git gets, and includes it in the configuration of the agent's home,
 * where the agent's own settings override it.
 */
export function writeAgentGit(git: AgentGit, { folder, home }: AgentGitFolders): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const place = join(folder, "git");
  makeFolder(place);
  const config = join(place, "config");
  replaceFile(config, configText([...git.config, ...writeFiles(place, git)]));
  includeIn(join(home, ".gitconfig"), config);
}

/** Writes the user's files, and returns the settings that name them. */
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

/** Included once, at the beginning, so that later settings in the file override it. */
function includeIn(path: string, included: string): void {
  const line = configText([{ key: "include.path", value: included }]);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return replaceFile(path, line);
  const before = readPlainFile(path, MAX_BYTES);
  if (before === undefined || before.includes(line)) return;
  replaceFile(path, Buffer.concat([Buffer.from(line), before]));
}
