import { setTimeout as sleep } from "node:timers/promises";
import { findByVariable, signalProcess } from "@clauderon/process";

const MAX_ROUNDS = 10;
const PAUSE_MS = 2;

/**
 * Kills every process whose environment holds `NAME=value…` that begins like this: what the agent's tools left running, in
 * whatever group or session of their own. Looks again until it finds none, since a process may start another meanwhile.
 * Where there is no /proc, only the agent's own process group is cleaned up, by others.
 */
export async function killMarked(marker: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const marked = findByVariable((assignment) => assignment.startsWith(marker));
    if (marked.length === 0) return;
    for (const pid of marked) signalProcess(pid, "SIGKILL");
    await sleep(PAUSE_MS);
  }
}
