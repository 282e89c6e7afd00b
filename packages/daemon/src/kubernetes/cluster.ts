import type { Log, Clock } from "@clauderon/base";
import { HttpKubeClient, type KubeAccess, type KubeClient, loadKubeConfig, userName } from "@clauderon/kube";
import { attempt } from "./attempt.ts";
import { ClusterPlace } from "./clusterPlace.ts";
import { SessionCaches } from "./sessionCaches.ts";

export interface ClusterOptions {
  readonly namespace: string;
  /** Path of a kubeconfig, and one of its contexts. If left out, found as kubectl finds them. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the daemon ends. */
  readonly signal: AbortSignal;
}

/** A cluster whose kubeconfig was read. All calls use the same access. */
export interface OpenCluster {
  readonly access: KubeAccess;
  readonly client: KubeClient;
  readonly caches: SessionCaches;
  readonly place: ClusterPlace;
  /** See {@link userName}. Asks again until the server has answered. */
  readonly user: () => Promise<string | undefined>;
}

/** The daemon's only cluster. Nothing connects to it before a session needs it. */
export class Cluster {
  readonly #options: ClusterOptions;
  #open: OpenCluster | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /**
   * Reads the kubeconfig and starts to watch, once. If the kubeconfig is missing or invalid, throws a Fault, and the
   * next call reads it again.
   */
  open(): OpenCluster {
    this.#open ??= this.#connect();
    return this.#open;
  }

  #connect(): OpenCluster {
    const { namespace, kubeconfig, context, env, log, clock, signal } = this.#options;
    const named = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
    const access = loadKubeConfig({ ...named, env });
    const client = new HttpKubeClient(access, { userAgent: "clauderon-daemon" });
    const caches = new SessionCaches(client, namespace, { log, clock });
    caches.run(signal);
    signal.addEventListener("abort", () => void client.close(), { once: true });
    let known: string | undefined;
    const ask = async () => {
      known ??= await attempt({ verb: "ask for", what: "the user's name", namespace }, () => userName(client));
      return known;
    };
    const place = new ClusterPlace({ client, namespace, context: access.context });
    return { access, client, caches, place, user: ask };
  }
}
