import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "@clauderon/process/signal";
import { runFolderAt, tidyRunFolder } from "./runFolder.ts";
import { OWNERS_FILE } from "./runRecord.ts";

/**
 * Tidies the folders of runs whose command was killed before it could: tokens and HOME go, work and transcript stay. A run
 * whose agent still works is left alone. Call it before a run makes a folder of its own.
 */
export function sweepRuns(home: string): void {
  const runs = join(home, "runs");
  for (const name of foldersIn(runs)) {
    const owners = ownersOf(join(runs, name, OWNERS_FILE));
    if (owners !== undefined && !owners.some(isRunning)) tidyRunFolder(runFolderAt(runs, name));
  }
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // no run yet
  }
}

/** The processes that a run belongs to; undefined for one that is over. */
function ownersOf(file: string): readonly number[] | undefined {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return undefined;
  }
}
