import { readdirSync, readFileSync } from "node:fs";

/** Other processes on this machine whose command line passes the test; empty on systems without /proc. */
export function findProcesses(isWanted: (argv: readonly string[]) => boolean): readonly number[] {
  return processIds().filter((pid) => isWanted(fields(`/proc/${pid}/cmdline`)));
}

/**
 * Other processes whose initial environment has a `NAME=value` that passes the test, as far as this user may read it.
 */
export function findByVariable(isWanted: (assignment: string) => boolean): readonly number[] {
  return processIds().filter((pid) => fields(`/proc/${pid}/environ`).some(isWanted));
}

function processIds(): readonly number[] {
  return entries("/proc").flatMap((name) => (/^\d+$/.test(name) && name !== String(process.pid) ? [Number(name)] : []));
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended, or belongs to another user. */
function fields(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}
