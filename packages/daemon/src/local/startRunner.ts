import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { type ProcessPlace, startLogged } from "@clauderon/process";

export interface RunnerPlace extends ProcessPlace {
  /** Takes what the runner prints. The log of the time before is kept as `<path>.1` when it is long. */
  readonly logFile: string;
  readonly input?: Uint8Array | undefined;
}

const MAX_LOG_BYTES = 1_048_576;

/** Starts a runner that lives on when this process or the terminal ends. The promise inside settles with how it ended. */
export async function startRunner(
  command: string,
  args: readonly string[],
  { logFile, ...place }: RunnerPlace,
): Promise<{ readonly exited: Promise<string> }> {
  rotate(logFile);
  const log = openSync(logFile, "a", 0o600);
  try {
    const child = await startLogged(command, args, { ...place, stdout: log, stderr: log });
    child.release();
    return { exited: child.exited.then(({ code, signal }) => signal ?? `exit code ${code}`) };
  } finally {
    closeSync(log);
  }
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
}
