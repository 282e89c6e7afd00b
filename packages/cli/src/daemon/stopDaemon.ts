import { Fault } from "@clauderon/base/fault";
import type { CliConfig } from "../config.ts";
import { isRunning, signalProcess } from "@clauderon/process/signal";
import { findDaemon } from "./connectDaemon.ts";

const ASK_AGAIN_MS = 20;
const PATIENCE_MS = 30_000;

/** Ends the daemon and returns once it is gone; false when none is running. */
export async function stopDaemon(config: CliConfig): Promise<boolean> {
  const found = await findDaemon(config);
  if (found === undefined) return false;
  const { pid } = found.health;
  signalProcess(pid, "SIGTERM");
  const deadline = performance.now() + PATIENCE_MS;
  while (isRunning(pid)) {
    if (performance.now() > deadline) {
      throw new Fault("TIMEOUT", `The daemon, process ${pid}, did not stop within ${PATIENCE_MS / 1000} s`, {
        hint: `Run \`kill -9 ${pid}\`. It is safe: the next daemon continues its work`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  return true;
}
