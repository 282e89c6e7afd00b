import { readdir, readlink, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TransferOptions } from "./transfer.ts";

/** git holds a lock only for moments. If one is this old and no process has it open, its git was killed. */
const STALE_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Removes the lock files that a killed git left in a checkout's `.git`, and waits for those that may still be held. Call it
 * before the agent starts. Without this, every later git command refuses to write, and the checkout stays as it is.
 */
export async function removeStaleLocks(gitFolder: string, title: string, options: TransferOptions): Promise<void> {
  const { clock, journal, stop } = options;
  for (;;) {
    const left = await locksIn(gitFolder);
    if (left.length === 0) return;
    const held = await openFiles();
    for (const path of left) {
      const age = clock.now() - (await modifiedAt(path));
      if (age < STALE_MS || held.has(path)) continue;
      await rm(path, { force: true });
      journal.line("git", `${title}: removed ${path}, which a git that was killed left`);
    }
    if ((await locksIn(gitFolder)).length === 0) return;
    await clock.sleep(LOOK_AGAIN_MS, stop);
    stop.throwIfAborted();
  }
}

/** Locks of the repository and of its references. Locks in `objects` do not block other commands. */
async function locksIn(gitFolder: string): Promise<readonly string[]> {
  const refs = await readdir(join(gitFolder, "refs"), { recursive: true, withFileTypes: true }).catch(() => []);
  const top = await readdir(gitFolder, { withFileTypes: true }).catch(() => []);
  return [...top, ...refs]
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lock"))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** A lock that is gone was held, so its age is 0. */
async function modifiedAt(path: string): Promise<number> {
  return await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
}

/** The files that processes of this user have open, as far as /proc shows them. */
async function openFiles(): Promise<ReadonlySet<string>> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const open = await Promise.all(
    pids.map(async (pid) => {
      const folder = join("/proc", pid, "fd");
      const fds = await readdir(folder).catch(() => []);
      return await Promise.all(fds.map((fd) => readlink(join(folder, fd)).catch(() => "")));
    }),
  );
  return new Set(open.flat());
}
