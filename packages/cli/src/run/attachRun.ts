import { join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { followFile } from "./followFile.ts";
import { readRun, STEPS_FILE } from "./runRecord.ts";

/** How often to check whether the run has ended. */
const ASK_AGAIN_MS = 200;

/** Prints the steps of a run of `clauderon run`, from the first one until the run ends; Ctrl-C detaches. */
export async function attachRun(name: string, { config, note }: CommandContext): Promise<void> {
  const run = readRun(config.home, name);
  if (run === undefined) {
    throw new Fault("SESSION_NOT_FOUND", `Run "${name}" does not exist`, {
      hint: "Run `clauderon list --all` to see all runs",
    });
  }
  const isRunning = () => readRun(config.home, name)?.phase === "Running";
  await followFile(join(run.folder, STEPS_FILE), (bytes) => void process.stdout.write(bytes), whenNot(isRunning));
  note(`Run ${name} has ended: ${readRun(config.home, name)?.phase ?? "deleted"}. Its files are in ${run.folder}`);
}

async function whenNot(isSo: () => boolean): Promise<void> {
  while (isSo()) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
}
