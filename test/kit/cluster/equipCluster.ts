import { afterAll } from "vitest";
import { type Internet, type InternetOptions, startInternet } from "../internet/internet.ts";
import { imageAuthority, loadImages } from "./projectImages.ts";
import type { Cluster } from "./useCluster.ts";

/**
 * Gives the pods of a cluster the project's images and an internet of the test file. Call it at the top of the file, after
 * `useCluster()`; the internet ends after the file.
 */
export async function equipCluster(
  cluster: Cluster,
  options: Pick<InternetOptions, "messages" | "git"> = {},
): Promise<Internet> {
  const authority = await imageAuthority();
  const internet = await startInternet({ ...options, address: cluster.nodeAddress, port: 443, authority });
  afterAll(() => internet.stop());
  await loadImages(cluster, internet.ca);
  return internet;
}
