import { setTimeout as sleep } from "node:timers/promises";
import { findByVariable, signalProcess } from "@clauderon/process";

const MAX_ROUNDS = 10;
const PAUSE_MS = 2;

/**
 * Kills every process that has a variable `NAME=value…` in its environment with this beginning: what the agent's tools
 * left running, in whatever group or session of their own. Repeats until it finds none, because a process may start
 * another one meanwhile. Without /proc, only the agent's own process group is ended, by the caller.
 */
export async function killMarked(marker: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const marked = findByVariable((assignment) => assignment.startsWith(marker));
    if (marked.length === 0) return;
    for (const pid of marked) signalProcess(pid, "SIGKILL");
    await sleep(PAUSE_MS);
  }
}
