import { readdirSync, readFileSync } from "node:fs";

/** Whether a process lives; one that has died and is not yet reaped does not. */
export function isRunning(pid: number): boolean {
  const state = /\) (\S)/.exec(read(pid, "stat"))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Everything `ps` could show of all processes: their arguments. */
export function allArguments(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(Number(pid), "cmdline").replaceAll("\0", " "));
}

/** The processes whose parent is this one. */
export function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => Number(/\) \S (\d+)/.exec(read(pid, "stat"))?.[1]) === parent);
}

/** The environments of all living processes that have a variable of this name. */
export function environmentsWith(name: string): readonly string[] {
  const environments = readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => read(Number(pid), "environ"));
  return environments.filter((each) => each.split("\0").some((entry) => entry.startsWith(`${name}=`)));
}

/** The most memory a living process has had in RAM, in MiB. */
export function peakMemoryMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(pid, "status"))?.[1] ?? Number.NaN) / 1024;
}

/** A file of /proc/<pid>; empty when the process is gone. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
