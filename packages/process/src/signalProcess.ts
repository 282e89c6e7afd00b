import { readFileSync } from "node:fs";

/** Sends a signal to a process, or to a group by its negative id. A process that has already ended is fine. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

/** Whether the process exists. A process that has ended still exists until its parent has waited for it. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the process still runs. */
export function isRunning(pid: number): boolean {
  return isThere(pid) && !isZombie(pid);
}

/** See proc(5). On systems without /proc, init soon waits for a process that lost its parent. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
