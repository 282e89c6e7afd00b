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
  const found = new Map<string, number>();
  for (;;) {
    const left = await locksIn(gitFolder);
    if (left.length === 0) return;
    const held = await openFiles();
    for (const path of left) {
      const modified = await modifiedAt(path);
      // A lock that is gone was held.
      if (modified === undefined || held.has(path)) continue;
      const key = `${path} ${modified}`;
      found.set(key, found.get(key) ?? clock.monotonic());
      // The time of a file may lie in the future: the clock was set back, or a volume's server has another.
      const age = Math.max(clock.now() - modified, clock.monotonic() - (found.get(key) ?? 0));
      if (age < STALE_MS) continue;
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

async function modifiedAt(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
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
