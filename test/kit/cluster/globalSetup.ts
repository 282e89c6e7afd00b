import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { LocalCluster } from "./cluster.ts";
import { readKitConfig } from "./config.ts";
import { endUnusedCluster, joinCluster } from "./testRun.ts";

/** Brings the cluster up once for a whole test run and ends it afterwards, whatever way the run ends short of SIGKILL. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (readKitConfig().externalKubeconfig !== undefined) {
    process.stderr.write(
      "On the cluster of CLAUDERON_TEST_KUBECONFIG: tests that stop components are not part of the run.\n",
    );
    return undefined;
  }
  const cluster = new LocalCluster();
  const lock = await joinCluster(cluster);
  const leaveAtExit = () => {
    lock.releaseNow();
    spawnSync(process.execPath, [join(import.meta.dirname, "testRun.ts")], { stdio: "inherit" });
  };
  process.once("exit", leaveAtExit);
  return async () => {
    process.off("exit", leaveAtExit);
    await lock.release();
    await endUnusedCluster(cluster);
  };
}
