import { type Cluster, equipCluster, useCluster } from "../kit/cluster/index.ts";
import type { Internet } from "../kit/internet/internet.ts";

/** The longest wait for anything in a busy cluster; a test that needs all of it has failed. */
export const PATIENCE = { timeout: 120_000, interval: 250 };

/** A cluster that can run sessions, and a new namespace in it. Call it at the top of a test file. */
export async function useNamespace(
  name: string,
  options?: Parameters<typeof equipCluster>[1],
): Promise<{ readonly cluster: Cluster; readonly namespace: string; readonly internet: Internet }> {
  const cluster = await useCluster();
  const internet = await equipCluster(cluster, options);
  return { cluster, namespace: await cluster.namespace(name), internet };
}
