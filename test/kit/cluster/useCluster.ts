import { randomBytes } from "node:crypto";
import { afterAll } from "vitest";
import { LocalCluster } from "./cluster.ts";
import type { Component } from "./components.ts";
import { type KitConfig, readKitConfig } from "./config.ts";
import { kubectl } from "./kubectl.ts";
import { run, waitUntil } from "./run.ts";

/** The cluster of an e2e test file, shared with the other files of the run: leave it as you found it. */
export interface Cluster {
  /** Whether it is an existing cluster, given by CLAUDERON_TEST_KUBECONFIG. */
  readonly isForeign: boolean;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** This machine's address as pods see it. Pods reach a test's server that listens here, also by the names of the internet. */
  readonly nodeAddress: string;
  /** Imports an OCI or docker archive; pods use the image under the name it has there, with imagePullPolicy Never or IfNotPresent. */
  loadImage(archive: string): Promise<void>;
  /** Runs kubectl as the administrator and gives its stdout; throws with its stderr. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** Creates a namespace, named by the prefix and a random suffix, that is ready for pods. It is deleted after the test file. */
  namespace(prefix: string): Promise<string>;
  /** Kills a component as a crash would. Start it again in the same test. A foreign cluster refuses. */
  stopComponent(name: Component): Promise<void>;
  startComponent(name: Component): Promise<void>;
  /** Compacts etcd to its newest revision; with a restart of the API server, older resourceVersions give 410. */
  compactEtcd(): Promise<void>;
}

/**
 * The cluster to test on. Call it at the top of a test file: `const cluster = await useCluster();`
 *
 * With CLAUDERON_TEST_KUBECONFIG it is that cluster, else the local one, which the project's global set-up has brought up.
 */
export async function useCluster(): Promise<Cluster> {
  const config = readKitConfig();
  const base =
    config.externalKubeconfig === undefined ? await ownCluster() : externalCluster(config, config.externalKubeconfig);
  const namespaces: string[] = [];
  afterAll(async () => {
    if (namespaces.length > 0)
      await base.kubectl(["delete", "namespace", "--wait=false", "--ignore-not-found", ...namespaces]);
  });
  const namespace = async (prefix: string) => {
    const name = `${prefix}-${randomBytes(4).toString("hex")}`;
    await base.kubectl(["create", "namespace", name]);
    namespaces.push(name);
    // Pods are refused until the namespace has its ServiceAccount, which a busy controller manager makes late.
    await base.kubectl(["wait", "--namespace", name, "--for=create", "serviceaccount/default", "--timeout=60s"]);
    return name;
  };
  return { ...base, namespace };
}

async function ownCluster(): Promise<Omit<Cluster, "namespace">> {
  const local = new LocalCluster();
  // A node is not Ready for a while after the API server was away, as an earlier test file may have left it.
  await waitUntil(
    "test cluster up (npm run cluster -- up)",
    60_000,
    async () => (await local.status()).isUp || undefined,
  );
  return {
    isForeign: false,
    kubeconfig: local.layout.kubeconfig,
    nodeAddress: local.layout.hostAddress,
    loadImage: (archive) => local.load([archive]),
    kubectl: (args, stdin) => local.kubectl(args, stdin),
    stopComponent: (name) => local.stopComponent(name),
    startComponent: (name) => local.startComponent(name),
    compactEtcd: () => local.compactEtcd(),
  };
}

function externalCluster(config: KitConfig, kubeconfig: string): Omit<Cluster, "namespace"> {
  return {
    isForeign: true,
    kubeconfig,
    get nodeAddress() {
      return needed(config.externalHostAddress, "CLAUDERON_TEST_HOST_ADDRESS (this machine's address as pods see it)");
    },
    loadImage: async (archive) => {
      const command = needed(
        config.externalLoadCommand,
        'CLAUDERON_TEST_LOAD_COMMAND (such as "kind load image-archive")',
      );
      await run("sh", ["-c", `${command} "$1"`, "sh", archive]);
    },
    kubectl: (args, stdin) => kubectl(kubeconfig, args, stdin),
    stopComponent: refuse,
    startComponent: refuse,
    compactEtcd: refuse,
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error("The cluster of CLAUDERON_TEST_KUBECONFIG is not the kit's to break"));
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`With CLAUDERON_TEST_KUBECONFIG this test also needs ${name}`);
  return value;
}
