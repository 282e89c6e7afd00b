import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoriesIn } from "@clauderon/git/finished-work";
import { isRunning } from "@clauderon/process/signal";
import type { CliConfig } from "../config.ts";
import { runFolderAt, tidyRunFolder } from "./runFolder.ts";
import { OWNERS_FILE } from "./runRecord.ts";

/**
 * Tidies the folders of runs whose command was killed before it could do that: removes tokens and HOME, keeps work and
 * transcript, and repositories that the agent has made in its HOME. Leaves a run alone while its agent still runs. Call it before a
 * run makes its own folder.
 */
export async function sweepRuns({ home, environment }: Pick<CliConfig, "home" | "environment">): Promise<void> {
  const runs = join(home, "runs");
  for (const name of foldersIn(runs)) {
    const owners = ownersOf(join(runs, name, OWNERS_FILE));
    if (owners === undefined || owners.some(isRunning)) continue;
    const folder = runFolderAt(runs, name);
    tidyRunFolder(folder, await repositoriesIn([folder.paths.home, folder.paths.temporary], environment));
  }
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // no run yet
  }
}

/** The processes of a run; undefined when the run has ended. */
function ownersOf(file: string): readonly number[] | undefined {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return undefined;
  }
}
