import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Finished, runProcess } from "@clauderon/process";
import type { Sandbox } from "./findSandbox.ts";
import { hostPlaces } from "./hostPlaces.ts";
import { sandboxArgs } from "./model/sandboxArgs.ts";
import { pathFolders, programPlaces } from "./programPlaces.ts";
import { sessionToolchains } from "./sessionToolchains.ts";

const DEADLINE_MS = 60_000;

export interface SandboxTrial {
  readonly sandbox: Sandbox;
  /** The user's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An empty folder, which takes the home. */
  readonly folder: string;
}

/**
 * Runs a program to its end as a sandboxed session of this user would. Without the filter of system calls, on which finding
 * and starting a program does not depend.
 */
export async function runInSandbox(
  command: readonly string[],
  { sandbox, environment, folder }: SandboxTrial,
): Promise<Finished> {
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  const path = pathFolders(environment);
  const places = hostPlaces({
    environment,
    hidden: [environment["XDG_RUNTIME_DIR"] ?? "/run"],
    readable: [...path, ...programPlaces(environment, path)],
    writable: [folder],
    fixed: [],
    workingDirectory: folder,
  });
  const args = sandboxArgs(places, { ...sandbox.features, filter: undefined });
  const { PATH = "" } = environment;
  return runProcess(sandbox.program, [...args, ...command], {
    cwd: folder,
    environment: { PATH, ...sessionToolchains(environment, home), HOME: home },
    deadlineMs: DEADLINE_MS,
  });
}
