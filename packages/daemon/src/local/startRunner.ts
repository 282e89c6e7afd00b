import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { type ProcessPlace, startLogged } from "@clauderon/process";

export interface RunnerPlace extends ProcessPlace {
  /** Gets the runner's output. If the previous log is long, it is kept as `<path>.1`. */
  readonly logFile: string;
  readonly input?: Uint8Array | undefined;
}

const MAX_LOG_BYTES = 1_048_576;

/**
 * Starts a runner that outlives this process and the terminal. The promise in the result resolves with how the runner
 * ended.
 */
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
