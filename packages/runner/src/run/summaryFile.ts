import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "@clauderon/base";
import type { RunnerConfig } from "../config.ts";
import type { Journal } from "./output/journal.ts";

/** Writes the summary where the kubelet reads it, and beside the transcript. A failure is only logged. */
export async function writeSummary(
  summary: string,
  config: Pick<RunnerConfig, "terminationLog">,
  runFolder: string,
  journal: Journal,
): Promise<void> {
  const { path, isOurs } = config.terminationLog;
  await tryWrite(path, () => (isOurs ? writeFile(path, summary) : overwrite(path, summary)), journal);
  const file = `${runFolder}/summary.json`;
  const writeOwn = async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${summary}\n`, { mode: 0o600 });
  };
  await tryWrite(file, writeOwn, journal);
}

/** Writes only to an existing file: outside a container there is no kubelet, and no such file. */
async function overwrite(path: string, text: string): Promise<void> {
  const handle = await open(path, "r+").catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "ENOENT") throw thrown;
    return undefined;
  });
  if (handle === undefined) return;
  try {
    await handle.truncate();
    await handle.write(text);
  } finally {
    await handle.close();
  }
}

async function tryWrite(path: string, write: () => Promise<void>, journal: Journal): Promise<void> {
  try {
    await write();
  } catch (thrown) {
    journal.line("runner", `Cannot write ${path}: ${messageOf(thrown)}`);
  }
}
