import { readFileSync } from "node:fs";

/** Sends a signal to a process, or to a group by its negative id. One that has ended already is fine. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

/** Whether the process exists. One that has ended, and that its parent has not waited for yet, still does. */
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

/** As proc(5) describes it. On systems without /proc, init soon waits for a process that lost its parent. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
