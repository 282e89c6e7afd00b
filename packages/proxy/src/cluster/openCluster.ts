import { Fault, type Log, messageOf } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import { ApiError, HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { bundleOf } from "../certificates/roots.ts";
import type { ClusterConfig } from "../config.ts";
import { loadClusterAuthority, publishCertificates } from "./clusterAuthority.ts";
import { configMapUsage } from "./configMapUsage.ts";
import { ClusterPrincipals } from "./clusterPrincipals.ts";

export interface OpenClusterOptions extends ClusterConfig {
  /** The roots that servers are checked by. */
  readonly roots: readonly string[];
  readonly log: Log;
}

/** How often the certificates are looked at: pods cannot start without them. */
const LOOK_MS = 60_000;

/** What a proxy in a cluster has instead of a folder. Throws a Fault when the API server refuses or cannot be reached. */
export async function openCluster({ namespace, env, roots, log }: OpenClusterOptions) {
  const client = new HttpKubeClient(loadKubeConfig({ env }), { userAgent: "clauderon-proxy" });
  const authority = await allowed(namespace, () => loadClusterAuthority(client, namespace, Date.now()));
  const { certificate } = authority;
  const publish = () =>
    publishCertificates(client, namespace, { authority: certificate, bundle: bundleOf([...roots, certificate]) });
  await allowed(namespace, publish);
  const timer = setInterval(() => {
    publish().catch((thrown: unknown) => log.error("Cannot publish the certificates", { error: messageOf(thrown) }));
  }, LOOK_MS);
  timer.unref();
  const close = async () => {
    clearInterval(timer);
    await client.close();
  };
  const principals = new ClusterPrincipals({ client, namespace, log, clock: systemClock });
  return { authority, principals, store: configMapUsage(client, namespace), close };
}

async function allowed<T>(namespace: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    throw new Fault("CLUSTER_REFUSED", `Cannot use namespace "${namespace}": ${thrown.message}`, {
      hint: "The Role in charts/clauderon has the rights that the proxy needs",
      cause: thrown,
    });
  }
}
