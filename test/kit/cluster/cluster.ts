import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isReady, readCredentials } from "../apiserver/client.ts";
import { ensureDebianPackages, NODE_PACKAGES } from "./build/debian.ts";
import { kubeBinary } from "./build/goBinaries.ts";
import { baseImages, pauseBinary } from "./build/images.ts";
import { COMPONENTS, type Component, commandLine, ETCD_URL } from "./components.ts";
import { readKitConfig } from "./config.ts";
import { createClusterPki } from "./clusterPki.ts";
import { configFiles } from "./configFiles.ts";
import { kubectl } from "./kubectl.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { withLock } from "./lock.ts";
import { createNode, findNode, removeNode, runOnNodeNetwork, startInNode } from "./node.ts";
import { endProcesses, isCommandLine, readProcesses } from "./processes.ts";
import { run, waitUntil } from "./run.ts";

const ADDONS = join(import.meta.dirname, "addons.yaml");

export interface ComponentState {
  readonly name: Component;
  readonly pid: number | undefined;
}

export interface ClusterStatus {
  readonly kubeconfig: string;
  readonly components: readonly ComponentState[];
  readonly apiReady: boolean;
  readonly nodeReady: boolean;
  readonly isUp: boolean;
}

/** One cluster of this machine, running or not; what it is is read from the machine each time. */
export class LocalCluster {
  readonly layout: Layout;

  constructor(layout: Layout = configuredLayout()) {
    this.layout = layout;
  }

  /**
   * Makes the cluster whole: a Ready node with DNS, the StorageClass `standard` and the base images. Gives "kept" when
   * nothing was to do. A component that died is started again; what a broken `up` left is removed first.
   */
  async up(): Promise<"kept" | "repaired" | "created"> {
    await ensureDebianPackages(NODE_PACKAGES);
    const [kube, images] = await Promise.all([kubeBinary(), baseImages()]);
    return await this.#alone(async () => {
      if (!existsSync(this.#completeMark) || (await findNode(this.layout)) === undefined) {
        await removeNode(this.layout);
        await this.#create(kube, images).catch((error: unknown) => {
          throw new Error(`${String(error)}\nLogs are in ${this.layout.stateFolder}/logs until the next up or down`, {
            cause: error,
          });
        });
        return "created";
      }
      const dead = (await this.#components(kube)).filter(({ pid }) => pid === undefined);
      for (const { name } of dead) await this.#start(name, kube);
      await this.#untilServing();
      return dead.length === 0 ? "kept" : "repaired";
    });
  }

  /** Ends the cluster and removes every trace of it, whatever its state. */
  async down(): Promise<void> {
    await this.#alone(() => removeNode(this.layout));
  }

  async status(): Promise<ClusterStatus> {
    const { kubeconfig } = this.layout;
    const hasNode = (await findNode(this.layout)) !== undefined;
    const components = hasNode
      ? await this.#components(await kubeBinary())
      : COMPONENTS.map((name) => ({ name, pid: undefined }));
    const apiReady = existsSync(this.#completeMark) && (await isReady(await this.#credentials()).catch(() => false));
    const nodeReady = apiReady && (await this.#isNodeReady());
    const isUp = nodeReady && components.every(({ pid }) => pid !== undefined);
    return { kubeconfig, components, apiReady, nodeReady, isUp };
  }

  /** Imports OCI and docker archives for pods to use, by the names they hold. */
  async load(archives: readonly string[]): Promise<void> {
    if (!existsSync(this.layout.containerdSocket)) throw new Error("The test cluster is not up: npm run cluster -- up");
    for (const archive of archives) {
      await run("ctr", [
        "--address",
        this.layout.containerdSocket,
        "--namespace",
        "k8s.io",
        "images",
        "import",
        archive,
      ]);
    }
  }

  /** Kills a component immediately, as a crash would (SIGKILL); pods of a dead kubelet or containerd keep running. */
  async stopComponent(name: Component): Promise<void> {
    const { pid } = await this.#component(name);
    if (pid !== undefined) await endProcesses([pid], "SIGKILL");
  }

  /** Starts a component that does not run, and waits until the API server serves when it is that. */
  async startComponent(name: Component): Promise<void> {
    if ((await this.#component(name)).pid !== undefined) return;
    await this.#start(name, await kubeBinary());
    if (name === "apiserver") await this.#untilServing();
  }

  async restartComponent(name: Component): Promise<void> {
    await this.stopComponent(name);
    await this.startComponent(name);
  }

  /** Compacts etcd to its newest revision; with a restart of the API server, older resourceVersions give 410. */
  async compactEtcd(): Promise<void> {
    await runOnNodeNetwork(this.layout, [
      process.execPath,
      join(import.meta.dirname, "..", "apiserver", "etcd.ts"),
      ETCD_URL,
    ]);
  }

  /** Runs kubectl as the administrator and gives its stdout; throws with its stderr. */
  async kubectl(args: readonly string[], stdin?: string): Promise<string> {
    return await kubectl(this.layout.kubeconfig, args, stdin);
  }

  async #create(kube: string, images: string): Promise<void> {
    const { layout } = this;
    const { stateFolder } = layout;
    for (const folder of ["logs", "pki", "cni", "volumes"]) await mkdir(join(stateFolder, folder), { recursive: true });
    const files = Object.entries(configFiles(layout)).map(([name, text]) => writeFile(join(stateFolder, name), text));
    await Promise.all([createClusterPki(layout), ...files]);
    await createNode(layout, await pauseBinary(), readKitConfig().cacheFolder);
    await Promise.all([this.#start("etcd", kube), this.#start("containerd", kube)]);
    const imported = this.#importImages(images);
    await this.#start("apiserver", kube);
    await this.#untilServing();
    for (const name of ["controller-manager", "scheduler", "kubelet", "proxy"] as const) await this.#start(name, kube);
    const addons = (await readFile(ADDONS, "utf8")).replaceAll(/@(\w+)@/g, (_, name: string) =>
      addonValue(layout, name),
    );
    await this.kubectl(["apply", "--filename=-"], addons);
    await imported;
    await waitUntil("node Ready", 60_000, async () => ((await this.#isNodeReady()) ? true : undefined));
    await this.kubectl([
      "rollout",
      "status",
      "--timeout=60s",
      "--namespace=kube-system",
      "deployment/coredns",
      "deployment/local-path-provisioner",
    ]);
    await writeFile(this.#completeMark, "");
  }

  async #importImages(folder: string): Promise<void> {
    await waitUntil("containerd", 20_000, async () => (existsSync(this.layout.containerdSocket) ? true : undefined));
    const archives = (await readdir(folder)).filter((name) => name.endsWith(".tar"));
    await Promise.all(archives.map((name) => this.load([join(folder, name)])));
  }

  async #start(name: Component, kube: string): Promise<void> {
    await startInNode(this.layout, name, commandLine(name, this.layout, kube));
    if (name !== "etcd") return;
    const knock = `until (exec 3<> /dev/tcp/127.0.0.1/2379) 2> /dev/null; do sleep 0.02; done`;
    await runOnNodeNetwork(this.layout, ["timeout", "20", "bash", "-c", knock]);
  }

  async #components(kube: string): Promise<readonly ComponentState[]> {
    const processes = await readProcesses();
    return COMPONENTS.map((name) => {
      const wanted = commandLine(name, this.layout, kube);
      return { name, pid: processes.find((process) => isCommandLine(process, wanted))?.pid };
    });
  }

  async #component(name: Component): Promise<ComponentState> {
    const components = await this.#components(await kubeBinary());
    return components.find((state) => state.name === name) ?? { name, pid: undefined };
  }

  async #untilServing(): Promise<void> {
    const credentials = await this.#credentials();
    await waitUntil("API server ready", 60_000, async () => ((await isReady(credentials)) ? true : undefined));
  }

  async #isNodeReady(): Promise<boolean> {
    const path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
    return (await this.kubectl(["get", "node", this.layout.nodeName, "--output", path]).catch(() => "")) === "True";
  }

  async #credentials() {
    return await readCredentials(join(this.layout.stateFolder, "pki"), this.layout.url, "admin");
  }

  get #completeMark(): string {
    return join(this.layout.stateFolder, "complete");
  }

  /** One `up` or `down` at a time: the lock lies outside the state folder, which is to disappear. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    return await withLock(
      join(readKitConfig().cacheFolder, `.${basename(this.layout.stateFolder)}.cluster.lock`),
      work,
    );
  }
}

function configuredLayout(): Layout {
  const { stateFolder, network } = readKitConfig();
  return layoutOf(stateFolder, network);
}

function addonValue(layout: Layout, name: string): string {
  const values: Readonly<Record<string, string>> = {
    STATE: layout.stateFolder,
    DNS_ADDRESS: layout.dnsAddress,
    HOST_ADDRESS: layout.hostAddress,
  };
  const value = values[name];
  if (value === undefined) throw new Error(`addons.yaml asks for @${name}@, which nobody knows`);
  return value;
}
