import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { LocalCluster } from "./cluster.ts";
import { readKitConfig } from "./config.ts";
import { type Lock, takeLock } from "./lock.ts";

/**
 * Brings the cluster up for a test run. Runs at the same time share it; the last one to leave ends it, if it was a run
 * that created it: a cluster that a user brought up stays up.
 */
export async function joinCluster(cluster: LocalCluster): Promise<Lock> {
  const lock = await takeLock(usersFile(cluster), "shared");
  if (lock === undefined) throw new Error("A shared lock without time limit was not given");
  if ((await cluster.up()) === "created") await writeFile(madeForTests(cluster), "");
  return lock;
}

/** Ends the cluster, unless a test run still uses it or it was not made for one. */
export async function endUnusedCluster(cluster: LocalCluster): Promise<void> {
  if (!existsSync(madeForTests(cluster))) return;
  const lock = await takeLock(usersFile(cluster), "exclusive", 1);
  if (lock === undefined) return;
  try {
    await cluster.down();
  } finally {
    await lock.release();
  }
}

function usersFile({ layout }: LocalCluster): string {
  return join(readKitConfig().cacheFolder, `.${basename(layout.stateFolder)}.users.lock`);
}

function madeForTests({ layout }: LocalCluster): string {
  return join(layout.stateFolder, "made-for-tests");
}

if (import.meta.main) await endUnusedCluster(new LocalCluster());
