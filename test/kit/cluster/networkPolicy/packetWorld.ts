import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../run.ts";

const HOST = join(import.meta.dirname, "podHost.mjs");
const TCP_PORTS = [80, 443, 8080, 8090] as const;
const UDP_PORTS = [53] as const;
/** Enough for a packet that passes, on a busy machine. */
const PATIENT_MS = 20_000;
/** How long a packet that must not pass is waited for. */
const BRIEF_MS = 400;

export interface Attempt {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
}

/**
 * Network namespaces of the kernel, one for each named pod, joined by one more that stands for the node: packets between
 * pods pass its hook `forward`, and those to the name `node` its hook `input`, as on the kit's node.
 */
export class PacketWorld {
  readonly #prefix = `kp${randomBytes(3).toString("hex")}`;
  readonly #addresses = new Map<string, string>();
  readonly #hosts = new Map<string, ChildProcess>();
  readonly #waiting = new Map<number, (passes: boolean) => void>();
  #next = 0;

  static async create(pods: readonly string[]): Promise<PacketWorld> {
    const world = new PacketWorld();
    try {
      await world.#build(pods);
    } catch (thrown) {
      await world.remove();
      throw thrown;
    }
    return world;
  }

  addressOf(name: string): string {
    const address = this.#addresses.get(name);
    if (address === undefined) throw new Error(`There is no pod ${name}`);
    return address;
  }

  /** Replaces the rules of the node; an empty text removes them. */
  async apply(table: string): Promise<void> {
    await this.#inNode(["nft", `flush ruleset; ${table}`]);
  }

  /** Whether the packet passes, patiently or only for a moment. */
  passes({ from, to, port, protocol = "TCP" }: Attempt, expected: boolean): Promise<boolean> {
    const id = (this.#next += 1);
    const timeout = expected ? PATIENT_MS : BRIEF_MS;
    const host = this.#hosts.get(from);
    if (host === undefined) throw new Error(`There is no pod ${from}`);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      host.stdin?.write(`${JSON.stringify({ id, protocol, address: this.addressOf(to), port, timeout })}\n`);
    });
  }

  /** Ends everything; the kernel removes the wires with their namespaces. */
  async remove(): Promise<void> {
    for (const host of this.#hosts.values()) host.kill("SIGKILL");
    const alive = [...this.#hosts.values()].filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    );
    await Promise.all(alive.map((host) => once(host, "close")));
    const all = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
    for (const name of all) if (name.startsWith(this.#prefix)) await run("ip", ["netns", "delete", name]);
  }

  async #build(pods: readonly string[]): Promise<void> {
    const node = this.#space("node");
    await run("ip", ["netns", "add", node]);
    await this.#inNode(["ip", "link", "set", "lo", "up"]);
    await this.#inNode(["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    for (const [index, name] of pods.entries()) await this.#addPod(name, index + 1);
    this.#addresses.set("node", "10.77.1.1");
    await Promise.all(["node", ...pods].map((name) => this.#start(name)));
  }

  async #addPod(name: string, index: number): Promise<void> {
    const [space, node] = [this.#space(name), this.#space("node")];
    const [near, far] = [`10.77.${index}.2`, `10.77.${index}.1`];
    await run("ip", ["netns", "add", space]);
    await run("ip", ["-n", node, "link", "add", `v${index}`, "type", "veth", "peer", "name", "eth0", "netns", space]);
    await run("ip", ["-n", node, "address", "add", `${far}/30`, "dev", `v${index}`]);
    await run("ip", ["-n", node, "link", "set", `v${index}`, "up"]);
    await run("ip", ["-n", space, "address", "add", `${near}/30`, "dev", "eth0"]);
    for (const link of ["lo", "eth0"]) await run("ip", ["-n", space, "link", "set", link, "up"]);
    await run("ip", ["-n", space, "route", "add", "default", "via", far]);
    this.#addresses.set(name, near);
  }

  async #start(name: string): Promise<void> {
    const ports = [TCP_PORTS.join(), UDP_PORTS.join()];
    const command = ["netns", "exec", this.#space(name), process.execPath, HOST, ...ports];
    const host = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
    this.#hosts.set(name, host);
    const lines = createInterface({ input: host.stdout });
    const ready = once(lines, "line");
    await Promise.race([ready, once(host, "close").then(() => Promise.reject(new Error(`${name} has ended`)))]);
    lines.on("line", (line) => {
      const { id, passes } = JSON.parse(line) as { readonly id: number; readonly passes: boolean };
      this.#waiting.get(id)?.(passes);
      this.#waiting.delete(id);
    });
  }

  #space(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  async #inNode(command: readonly string[]): Promise<void> {
    await run("ip", ["netns", "exec", this.#space("node"), ...command]);
  }
}
