import { readdir, readFile } from "node:fs/promises";
import { waitUntil } from "./run.ts";

export interface Process {
  readonly pid: number;
  readonly commandLine: readonly string[];
}

/** Every process of this machine, those in namespaces below ours too. */
export async function readProcesses(): Promise<readonly Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(readProcess))).flat();
}

async function readProcess(pid: string): Promise<readonly Process[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // It ended meanwhile.
  return text === "" ? [] : [{ pid: Number(pid), commandLine: text.replace(/\0$/, "").split("\0") }];
}

export function isCommandLine(process: Process, wanted: readonly string[]): boolean {
  return process.commandLine.length === wanted.length && wanted.every((word, at) => process.commandLine[at] === word);
}

/** Sends the signal and waits until the processes are gone. One that has already ended is not an error. */
export async function endProcesses(pids: readonly number[], signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  await waitUntil(`processes ${pids.join(", ")} gone`, 30_000, async () => {
    const alive = await readProcesses();
    return alive.some(({ pid }) => pids.includes(pid)) ? undefined : true;
  });
}
