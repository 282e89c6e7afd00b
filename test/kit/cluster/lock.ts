import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A lock on a file among all processes of this machine. The kernel holds it for a small child, which ends with this
 * process: a killed holder never blocks others.
 */
export interface Lock {
  release(): Promise<void>;
  /** For the last moment of a process, when nothing can be awaited. */
  releaseNow(): void;
}

/** Takes the lock, alone or with others that share it; waits for it, at most the seconds if given, and then gives undefined. */
export async function takeLock(
  file: string,
  kind: "exclusive" | "shared",
  seconds?: number,
): Promise<Lock | undefined> {
  await mkdir(dirname(file), { recursive: true });
  const wait = seconds === undefined ? [] : [`--timeout=${seconds}`];
  const holder = spawn("flock", [`--${kind}`, ...wait, file, "sh", "-c", "echo locked; cat > /dev/null"], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "close");
  const isLocked = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
  if (!isLocked && seconds === undefined) throw new Error(`Cannot lock ${file}: flock ended`);
  return isLocked ? lockHeldBy(holder, ended) : undefined;
}

/** Runs the work while no other process holds the lock. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(file, "exclusive");
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

function lockHeldBy(holder: ChildProcess, ended: Promise<unknown>): Lock {
  return {
    release: async () => {
      holder.stdin?.end();
      await ended;
    },
    releaseNow: () => void (holder.pid !== undefined && process.kill(-holder.pid, "SIGKILL")),
  };
}
