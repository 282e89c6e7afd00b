import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The kit's only view of the environment: where it caches, where it keeps a running cluster, and whose cluster to use. */
export interface KitConfig {
  /** Built binaries and images; survives checkouts. */
  readonly cacheFolder: string;
  /** Everything a running cluster writes; gone after `down`. */
  readonly stateFolder: string;
  /** Which addresses it takes (see layout.ts): another number lets a second cluster stand beside the first. */
  readonly network: number;
  /** A cluster that exists already: the kit then starts and stops nothing. */
  readonly externalKubeconfig: string | undefined;
  /** With such a cluster: this machine's address as its pods see it, and the command that loads an image archive into it. */
  readonly externalHostAddress: string | undefined;
  readonly externalLoadCommand: string | undefined;
  /** The Kubernetes of `startApiServer`: the cluster's, or the oldest that the products promise to run on. */
  readonly apiServerVersion: "newest" | "oldest";
}

export function readKitConfig(env: NodeJS.ProcessEnv = process.env): KitConfig {
  const cache = nonEmpty(env["XDG_CACHE_HOME"]) ?? join(homedir(), ".cache");
  return Object.freeze({
    cacheFolder: join(resolve(cache), "clauderon", "test-cluster"),
    stateFolder: resolve(nonEmpty(env["CLAUDERON_TEST_CLUSTER_STATE"]) ?? "/var/tmp/clauderon-test-cluster"),
    network: Number(nonEmpty(env["CLAUDERON_TEST_CLUSTER_NETWORK"]) ?? "0"),
    externalKubeconfig: nonEmpty(env["CLAUDERON_TEST_KUBECONFIG"]),
    externalHostAddress: nonEmpty(env["CLAUDERON_TEST_HOST_ADDRESS"]),
    externalLoadCommand: nonEmpty(env["CLAUDERON_TEST_LOAD_COMMAND"]),
    apiServerVersion: env["CLAUDERON_TEST_KUBERNETES"] === "oldest" ? "oldest" : "newest",
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
