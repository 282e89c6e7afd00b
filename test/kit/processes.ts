import { readdirSync, readFileSync } from "node:fs";

/** A living process; its line is its arguments, with spaces between them. */
export interface LiveProcess {
  readonly pid: number;
  readonly line: string;
  readonly environment: string;
}

/** Whether a process is alive; one that has died and is not yet reaped is not. */
export function isRunning(pid: number): boolean {
  const state = /\) (\S)/.exec(read(pid, "stat"))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Everything `ps` could show of all processes: their arguments. */
export function allArguments(): readonly string[] {
  return pids().map(lineOf);
}

/** The processes whose parent is this one. */
export function childrenOf(parent: number): readonly number[] {
  return pids().filter((pid) => Number(/\) \S (\d+)/.exec(read(pid, "stat"))?.[1]) === parent);
}

/** The environments of all living processes that have a variable of this name. */
export function environmentsWith(name: string): readonly string[] {
  const environments = pids().map((pid) => read(pid, "environ"));
  return environments.filter((each) => each.split("\0").some((entry) => entry.startsWith(`${name}=`)));
}

/** Processes whose arguments or variables name this folder. */
export function processesIn(folder: string): readonly LiveProcess[] {
  return liveProcesses().filter(({ line, environment }) => line.includes(folder) || environment.includes(folder));
}

/** Processes of a CLAUDERON_HOME: those that name it in their arguments, and those that a session's agent has started. */
export function processesOf(home: string): readonly LiveProcess[] {
  const ofSession = `=${home}/sessions/`;
  return liveProcesses().filter(({ line, environment }) => line.includes(home) || environment.includes(ofSession));
}

/** All processes but this one. */
function liveProcesses(): readonly LiveProcess[] {
  return pids()
    .filter((pid) => pid !== process.pid)
    .map((pid) => ({ pid, line: lineOf(pid), environment: read(pid, "environ") }));
}

const lineOf = (pid: number): string => read(pid, "cmdline").replaceAll("\0", " ").trim();

/** Kills a process. One that has already ended is not an error. */
export function tryKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** The most memory a living process has had in RAM, in MiB. */
export function peakMemoryMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(pid, "status"))?.[1] ?? Number.NaN) / 1024;
}

/** The memory a living process has in RAM now, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(pid, "status"))?.[1] ?? 0) / 1024;
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A file of /proc/<pid>; empty when the process is gone. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
