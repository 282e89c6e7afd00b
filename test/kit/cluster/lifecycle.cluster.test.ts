import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, readCredentials } from "../apiserver/client.ts";
import { baseImages } from "./build/images.ts";
import { LocalCluster } from "./cluster.ts";
import { readControlGroups } from "./controlGroups.ts";
import { layoutOf } from "./layout.ts";
import { findNode } from "./node.ts";
import { readProcesses } from "./processes.ts";
import { run, waitUntil } from "./run.ts";

const NETWORK = 1;
const STATE = "/var/tmp/clauderon-test-lifecycle";
const layout = layoutOf(STATE, NETWORK);
const cluster = new LocalCluster(layout);
const COMMAND = [process.execPath, join(import.meta.dirname, "main.ts")] as const;
const ENVIRONMENT = {
  ...process.env,
  CLAUDERON_TEST_CLUSTER_STATE: STATE,
  CLAUDERON_TEST_CLUSTER_NETWORK: `${NETWORK}`,
};

/** A separate cluster, beside the one that the other files share. */
describe("npm run cluster", () => {
  let before: Machine;
  beforeAll(async () => {
    await command("down");
    before = await machine();
  });
  afterAll(async () => void (await command("down")));

  it("down removes what a killed up left midway", async () => {
    await killedUp("kubelet.log");
    expect(await processesOfNode()).not.toEqual([]);
    expect(await command("status")).toMatchObject({ code: 1 });
    await command("down");
    await expectNothingLeft(before);
  });

  it("up completes a cluster that a killed up left midway", async () => {
    await killedUp("etcd.log");
    expect(await command("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("is up") as string });
    expect(await command("status")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(layout.kubeconfig) as string,
    });
  });

  it("up does nothing when it is up", async () => {
    expect(await command("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("was up already") as string });
  });

  it("up starts again what was killed, and keeps the data", async () => {
    await cluster.kubectl(["create", "namespace", "kept"]);
    for (const name of ["apiserver", "kubelet", "etcd"] as const) await cluster.stopComponent(name);
    expect(await command("status")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/kubelet +not running/) as string,
    });
    expect(await command("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("was repaired") as string });
    expect(await cluster.kubectl(["get", "namespace", "kept", "--output=name"])).toBe("namespace/kept\n");
    expect(await command("status")).toMatchObject({ code: 0 });
  });

  it("load imports an archive under the name it holds", async () => {
    await cluster.load([join(await baseImages(), "pause.tar")]);
    const address = ["--address", layout.containerdSocket, "--namespace", "k8s.io"];
    expect(await run("ctr", [...address, "images", "list", "--quiet"])).toContain("localhost/pause:1\n");
    expect(await command("load", "/no/such.tar")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("/no/such.tar") as string,
    });
  });

  it("answers a watch from before a compaction with 410 after a restart of the API server", async () => {
    const list = JSON.parse(await cluster.kubectl(["get", "--raw", "/api/v1/namespaces"])) as {
      metadata: { resourceVersion: string };
    };
    await cluster.kubectl(["create", "namespace", "later"]);
    await cluster.compactEtcd();
    await cluster.restartComponent("apiserver");
    const credentials = await readCredentials(join(STATE, "pki"), layout.url, "admin");
    const path = `/api/v1/namespaces?watch=true&timeoutSeconds=1&resourceVersion=${list.metadata.resourceVersion}`;
    expect((await ask(credentials, "GET", path)).body).toContain('"code":410');
  });

  it("down restores the machine, and can be repeated", async () => {
    const namespaces = await namespacesOfNode();
    expect(namespaces.size).toBeGreaterThan(4); // The node's own three, and some of pods.
    expect(await command("down")).toMatchObject({ code: 0 });
    await expectNothingLeft(before);
    const left = (await namespacesOfProcesses()).filter((namespace) => namespaces.has(namespace));
    expect(left).toEqual([]);
    expect(await command("down")).toMatchObject({ code: 0 });
    expect(await command("status")).toMatchObject({ code: 1 });
  });
});

async function command(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(COMMAND[0], [COMMAND[1], ...args], { env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

/** Kills an `up` as soon as it has come so far that the log exists. */
async function killedUp(log: string): Promise<void> {
  const up = spawn(COMMAND[0], [COMMAND[1], "up"], { env: ENVIRONMENT, stdio: "ignore" });
  await waitUntil(log, 60_000, async () => (existsSync(join(STATE, "logs", log)) ? true : undefined));
  up.kill("SIGKILL");
  await once(up, "close");
}

async function processesOfNode(): Promise<readonly string[]> {
  return (await readProcesses()).map(({ commandLine }) => commandLine.join(" ")).filter((line) => line.includes(STATE));
}

/** The pid, mount and network namespaces that differ from this process's and are of processes in the node. */
async function namespacesOfNode(): Promise<ReadonlySet<string>> {
  const root = await findNode(layout);
  const control = (await readControlGroups(layout.controlGroup)).map((folder) =>
    readFile(join(folder, "cgroup.procs"), "utf8"),
  );
  const pids = (await Promise.all(control))
    .join("\n")
    .split("\n")
    .filter((pid) => pid !== "");
  const own = new Set(await namespacesOf("self"));
  const found = (await Promise.all([`${root}`, ...pids].map(namespacesOf))).flat();
  return new Set(found.filter((namespace) => !own.has(namespace)));
}

async function namespacesOfProcesses(): Promise<readonly string[]> {
  return (await Promise.all((await readProcesses()).map(({ pid }) => namespacesOf(`${pid}`)))).flat();
}

async function namespacesOf(pid: string): Promise<readonly string[]> {
  const links = ["pid", "mnt", "net"].map((kind) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => "ended"));
  return (await Promise.all(links)).filter((link) => link !== "ended");
}

/** What another cluster or an image build on this machine may add while the test runs. */
const OF_OTHERS =
  /clauderon(?!1\b)\d|198\.18\.(?!1\.)|10\.244\.(?!1\.)|10\.(?!97\.)\d+\.0\.0\/16|clauderon-test-(?!1\b)\d|\/overlay |\/containers$/;

/** Nothing of the cluster, and nothing new that does not clearly belong to another program. */
async function expectNothingLeft(before: Machine): Promise<void> {
  expect(await processesOfNode()).toEqual([]);
  expect(await readControlGroups(layout.controlGroup)).toEqual([]);
  expect(existsSync(STATE)).toBe(false);
  const added = async () => {
    const now = await machine();
    return Object.fromEntries(
      Object.entries(now).map(([what, lines]) => [
        what,
        lines.filter((line) => !OF_OTHERS.test(line) && !before[what]?.includes(line)),
      ]),
    );
  };
  const none = Object.fromEntries(Object.keys(before).map((what) => [what, []]));
  await expect.poll(added, { timeout: 10_000 }).toEqual(none);
}

/** Lines that list everything a cluster could leave on this machine besides processes and its own files. */
type Machine = Readonly<Record<string, readonly string[]>>;

const TUNED = [
  "vm.overcommit_memory",
  "vm.panic_on_oom",
  "kernel.panic",
  "kernel.panic_on_oops",
  "net.ipv4.ip_forward",
];
const FOLDERS =
  "ls -d /run/* /run/netns/* /var/lib/* /var/log/* /opt/* /etc/cni/* /sys/fs/cgroup/*/* 2> /dev/null || true";

async function machine(): Promise<Machine> {
  const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
    mounts: ["cat", "/proc/self/mounts"],
    links: ["ip", "-brief", "link"],
    addresses: ["ip", "-brief", "address"],
    routes: ["ip", "route", "show", "table", "all"],
    packetRules: ["nft", "list", "ruleset"],
    sysctls: ["sysctl", ...TUNED],
    folders: ["sh", "-c", FOLDERS],
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(commands).map(async ([what, command]) => [what, await linesOf(command)] as const)),
  );
}

async function linesOf([program, ...args]: readonly [string, ...string[]]): Promise<readonly string[]> {
  return (await run(program, args)).split("\n");
}
