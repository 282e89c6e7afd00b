import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { isRunning } from "@clauderon/process/signal";

/** The folder that an AgentJob with `persist` keeps from run to run. */
export interface PersistFolder {
  readonly path: string;
  /** Lets the next run take it. */
  release(): void;
}

/**
 * Makes or finds the folder of an AgentJob and locks it for this process; RUN_IN_PROGRESS when another run holds it.
 */
export function takePersistFolder(home: string, job: string, pid: number): PersistFolder {
  const path = join(home, "persist", job);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const file = join(path, "in-use-by");
  const owner = ownerOf(file);
  if (owner !== undefined && !isRunning(owner)) rmSync(file, { force: true });
  try {
    writeFileSync(file, String(pid), { flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new Fault(
      "RUN_IN_PROGRESS",
      `AgentJob "${job}" is already running as process ${ownerOf(file) ?? "unknown"}`,
      {
        cause,
        hint: "Wait until it ends: with spec.persist, all runs share one folder",
      },
    );
  }
  return { path, release: () => rmSync(file, { force: true }) };
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
