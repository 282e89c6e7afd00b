import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SeedFile } from "@clauderon/agents";
import { messageOf } from "@clauderon/base";
import type { Journal } from "./output/journal.ts";

/** A new folder for one run that only its owner can enter. */
export function makeScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), "clauderon-run-"));
}

/** Deletes a run's folder. If that fails, logs it. */
export async function removeScratch(folder: string, journal: Journal): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((thrown: unknown) => {
    journal.line("runner", `Cannot delete ${folder}: ${messageOf(thrown)}`);
  });
}

/** Writes the files that the agent finds when it starts, readable only by the owner. */
export async function writeSeedFiles(files: readonly SeedFile[]): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // An existing file keeps its mode and may be a link to another place, so it is removed first.
    await rm(path, { force: true });
    await writeFile(path, content, { mode: 0o600, flag: "wx" });
  }
}
