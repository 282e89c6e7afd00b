import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { LocalCluster } from "./cluster.ts";
import { readKitConfig } from "./config.ts";

/**
 * Brings the cluster up once for a whole test run and ends it afterwards, whatever way the run ends short of SIGKILL.
 * A cluster that was up before stays up: whoever started it wants it.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (readKitConfig().externalKubeconfig !== undefined) return undefined;
  const cluster = new LocalCluster();
  const wasUp = (await cluster.status()).isUp;
  if (wasUp) return undefined;
  process.once("exit", downAtExit);
  await cluster.up();
  return async () => {
    await cluster.down();
    process.off("exit", downAtExit);
  };
}

function downAtExit(): void {
  spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "down"], { stdio: "inherit" });
}
