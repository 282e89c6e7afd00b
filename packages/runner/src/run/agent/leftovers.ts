import { readdir, readFile } from "node:fs/promises";
import { trySignal } from "../../process.ts";

const MAX_ROUNDS = 10;

/**
 * Kills every process whose environment holds `NAME=value…` that begins like this: what the agent's tools left running, in whatever group
 * or session of their own. Looks again until there is none, since a process may start another meanwhile. Where there is
 * no /proc, only the agent's own process group is cleaned up, by others.
 */
export async function killMarked(marker: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const marked = await findMarked(marker);
    if (marked.length === 0) return;
    for (const pid of marked) trySignal(pid, "SIGKILL");
  }
}

async function findMarked(marker: string): Promise<readonly number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const pids = entries.map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const found = await Promise.all(pids.map(async (pid) => ((await isMarked(pid, marker)) ? [pid] : [])));
  return found.flat();
}

/** A process that is gone, or another user's, has no environment for us; nor has a zombie. */
async function isMarked(pid: number, marker: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  return environment.split("\0").some((entry) => entry.startsWith(marker));
}
