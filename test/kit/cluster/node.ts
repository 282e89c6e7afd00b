import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createControlGroup, readControlGroups, removeControlGroup } from "./controlGroups.ts";
import type { Layout } from "./layout.ts";
import { isNodeRoot, planCleaning } from "./leftovers.ts";
import { endProcesses, readProcesses } from "./processes.ts";
import { run, waitUntil } from "./run.ts";

const SCRIPT = join(import.meta.dirname, "node.sh");
const NODE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NO_WAY = "100"; // A routing table, asked after the usual ones.
const IN_NETWORK = ["--net"] as const;
const INSIDE = ["--pid", "--mount", "--net"] as const;

/** Makes the node: namespaces of its own, held by one process, and a wire between it and this machine. */
export async function createNode(layout: Layout, pause: string, cacheFolder: string): Promise<void> {
  const log = openSync(join(layout.stateFolder, "logs", "node.log"), "a");
  const namespaces = [...INSIDE, "--fork", "--kill-child", "--mount-proc"];
  const holder = spawn("unshare", [...namespaces, SCRIPT, pause, layout.stateFolder, cacheFolder], {
    cwd: "/",
    detached: true,
    env: { PATH: NODE_PATH },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  holder.unref();
  const root = await waitUntil("the node's namespaces", 10_000, async () => {
    if (holder.exitCode !== null) return "ended" as const;
    return await findNode(layout);
  });
  if (root === "ended")
    throw new Error(`The node ended: ${await readFile(join(layout.stateFolder, "logs", "node.log"), "utf8")}`);
  await connect(layout, root);
  await createControlGroup(layout.controlGroup);
}

/** The pid of the node's first process, when there is a node that is prepared. */
export async function findNode({ stateFolder }: Layout): Promise<number | undefined> {
  return (await readProcesses()).find(({ commandLine }) => isNodeRoot(commandLine, stateFolder))?.pid;
}

/** Starts a program in the node, as a daemon of it; its output is added to `logs/<name>.log`. */
export async function startInNode(layout: Layout, name: string, commandLine: readonly string[]): Promise<void> {
  const start = 'log=$1; shift; setsid "$@" >> "$log" 2>&1 < /dev/null &';
  const log = join(layout.stateFolder, "logs", `${name}.log`);
  await enter(layout, INSIDE, ["sh", "-c", start, "sh", log, ...commandLine]);
}

/** Runs a program of this machine to its end on the node's network. */
export async function runOnNodeNetwork(layout: Layout, command: readonly string[]): Promise<string> {
  return await enter(layout, IN_NETWORK, command);
}

/** Ends the node and removes all traces of it, whatever its state; does nothing when no node exists. */
export async function removeNode(layout: Layout): Promise<void> {
  const plan = planCleaning(layout, {
    processes: await readProcesses(),
    links: await readdir("/sys/class/net"),
    controlGroups: await readControlGroups(layout.controlGroup),
  });
  await endProcesses(plan.processes, "SIGKILL");
  for (const link of plan.links) await removeLink(link);
  for (const group of plan.controlGroups)
    await waitUntil(`control group ${group} gone`, 10_000, () => removeControlGroup(group));
  await rm(layout.stateFolder, { recursive: true, force: true });
}

async function enter(layout: Layout, namespaces: readonly string[], command: readonly string[]): Promise<string> {
  const root = await findNode(layout);
  if (root === undefined) throw new Error(`No cluster runs in ${layout.stateFolder}: npm run cluster -- up`);
  const environment = ["env", "-i", `PATH=${NODE_PATH}`, "HOME=/root"];
  return await run("nsenter", [`--target=${root}`, ...namespaces, "--", ...environment, ...command], {
    cwd: layout.stateFolder,
  });
}

/** The wire, an address at each end, and on this machine the routes to pods and Services; no route leads from the node any further. */
async function connect(layout: Layout, root: number): Promise<void> {
  const { link, hostAddress, nodeAddress } = layout;
  await run("ip", ["link", "add", "name", link, "type", "veth", "peer", "name", "eth0", "netns", `${root}`]);
  await run("ip", ["address", "add", `${hostAddress}/30`, "dev", link]);
  await run("ip", ["link", "set", link, "up"]);
  await runOnNodeNetwork(layout, ["ip", "address", "add", `${nodeAddress}/30`, "dev", "eth0"]);
  await runOnNodeNetwork(layout, ["ip", "link", "set", "eth0", "up"]);
  await fence(layout);
  for (const range of [layout.podRange, layout.serviceRange])
    await run("ip", ["route", "add", range, "via", nodeAddress, "dev", link]);
}

/**
 * The node itself has no way but the wire; a pod's packet that would need another one is answered at once with a
 * refusal. Without that the kernel answers a few, then lets connections wait for their time-out.
 */
async function fence(layout: Layout): Promise<void> {
  const inNode = (...command: readonly string[]) => runOnNodeNetwork(layout, command);
  await inNode("ip", "route", "add", "default", "dev", "lo", "table", NO_WAY);
  await inNode("ip", "rule", "add", "from", layout.podRange, "lookup", NO_WAY, "priority", "40000");
  const rules = ["meta l4proto tcp reject with tcp reset", "reject with icmpx type admin-prohibited"];
  const chain = ["type filter hook forward priority filter", ...rules.map((rule) => `oifname lo ${rule}`)].join("\n");
  await inNode("nft", `table inet kit-fence {\nchain forward {\n${chain}\n}\n}`);
}

/** The kernel removes the wire by itself some time after the node's end: both may be first. */
async function removeLink(link: string): Promise<void> {
  try {
    await run("ip", ["link", "delete", link]);
  } catch (error) {
    if ((await readdir("/sys/class/net")).includes(link)) throw error;
  }
}
