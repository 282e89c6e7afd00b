import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { type EndedCli, type StartedCli, startCli } from "../integration/cli/cliProcess.ts";
import { isBystander } from "../kit/bystanders.ts";
import { chance, SEED } from "../kit/chance.ts";
import { equipCluster, useCluster } from "../kit/cluster/index.ts";
import { type Ask, killAmid } from "../kit/killAmid.ts";
import { PodUser } from "./podUser.ts";
import { PATIENCE } from "./useNamespace.ts";

// Ten daemons die, each during five creates and then during five deletes at different points: fifty points of each.
const cluster = await useCluster();
await equipCluster(cluster);

const ROUNDS = Array.from({ length: 10 }, (_, round) => round);
const CREATE_MS = 6_000;
const DELETE_MS = 3_000;

/** A user whose daemon is killed together with some of the commands. The others continue, and start the next daemon. */
class Victim extends PodUser {
  readonly #mortal: StartedCli[] = [];

  /** Sends each request at its moment, kills, and waits for the commands that survive. */
  async killAmid(asks: readonly Ask<EndedCli>[]): Promise<ReadonlyMap<string, EndedCli>> {
    await this.ok("list");
    const daemon = await this.daemonPid();
    return killAmid(asks, async () => {
      for (const command of this.#mortal.splice(0)) command.signal("SIGKILL");
      process.kill(daemon, "SIGKILL");
    });
  }

  /** A command that is killed with the daemon. */
  mortal(...args: readonly string[]): Promise<EndedCli> {
    const command = startCli(args, this.options());
    this.#mortal.push(command);
    return command.ended;
  }

  /** Names of all that sessions have in the cluster. */
  async allObjects(): Promise<readonly string[]> {
    const args = ["get", "pods,pvc,configmaps,secrets", `--namespace=${this.namespace}`, "--selector=app=clauderon"];
    return (await this.cluster.kubectl([...args, "--output=name"])).split("\n").filter(Boolean);
  }

  async statuses(): Promise<ReadonlyMap<string, Session["status"]>> {
    const { items } = JSON.parse(await this.ok("list", "--json")) as { readonly items: readonly Session[] };
    return new Map(items.map(({ name, status }) => [name, status]));
  }
}

/** Five sessions, each named by how long before the kill it is asked for; now and then one has no image, or no repository later. */
function createsOf(user: Victim, random: () => number): readonly Ask<EndedCli>[] {
  const fifth = random();
  return ["one", "two", "mortal", "victim", fifth < 0.3 ? "doomed" : fifth < 0.6 ? "imageless" : "three"].map(
    (kind) => {
      const beforeMs = Math.round(random() * CREATE_MS);
      const name = `${kind}-${beforeMs}ms`;
      const args = ["create", "--name", name, "--prompt", `say ${name}`, "--detach", ...(FLAGS[kind] ?? [])];
      const isMortal = kind !== "one" && kind !== "two" && kind !== "three";
      return { name, beforeMs, ask: () => (isMortal ? user.mortal(...args) : user.run(args)) };
    },
  );
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  imageless: ["--image", "localhost/nowhere:none"],
  doomed: ["--repo", "../doomed"],
};

const isWhole = (name: string) => !/^(doomed|imageless)/.test(name);

/** What became of a session, as far as it matters. */
function endOf(status: Session["status"] | undefined): string {
  const { phase, activity, turns, reason, hint } = status ?? {};
  return phase === "Running" ? `${phase} ${activity} ${turns}` : `${phase} ${reason}: ${hint}`;
}

/** Where it has to come to: the prompt is taken once, or there is a cause and what to do. */
function wantedEnd(name: string): RegExp {
  if (name.startsWith("imageless")) return /^Pending (ErrImageNeverPull|Image\w+): .{10}/;
  // Its work may have been in the pod before its repository went away.
  if (name.startsWith("doomed")) return /^(Running Idle 1|Failed RepositoryUnavailable: .{10}.*)$/;
  return /^Running Idle 1$/;
}

async function createAmid(user: Victim, random: () => number): Promise<readonly string[]> {
  user.git("clone", "--quiet", ".", "../doomed");
  const creates = createsOf(user, random);
  const ended = await user.killAmid(creates);
  rmSync(join(user.folder, "doomed"), { recursive: true });
  const refusals = [...ended.values()].filter(({ exitCode }) => exitCode !== 0 && exitCode !== null);
  for (const { stderr } of refusals) expect(stderr).toMatch(/^error\[(DAEMON_UNAVAILABLE|REPOSITORY_UNAVAILABLE)\]/m);
  const known = await user.names();
  expect(known).toEqual(
    expect.arrayContaining([...ended].filter(([, { exitCode }]) => exitCode === 0).map(([name]) => name)),
  );
  // A command that died may have asked for its session or not; then the name is free.
  const forgotten = creates.map(({ name }) => name).filter((name) => isWhole(name) && !known.includes(name));
  await Promise.all(forgotten.map((name) => user.ok("create", "--name", name, "--prompt", `say ${name}`, "--detach")));
  const names = [...known, ...forgotten];
  for (const name of names) {
    const end = async () => endOf((await user.statuses()).get(name));
    await expect.poll(end, { ...PATIENCE, message: name }).toMatch(wantedEnd(name));
  }
  return names;
}

/** Deletes each, some with work; whose work that is. */
async function deleteAmid(user: Victim, names: readonly string[], random: () => number): Promise<readonly string[]> {
  const worked = names.filter((name) => isWhole(name) && random() < 0.5);
  await Promise.all(worked.map((name) => user.inPod(name, `echo ${name} > result`)));
  const deletes = names.map((name) => {
    const args = ["delete", name];
    const beforeMs = Math.round(random() * DELETE_MS);
    return { name, beforeMs, ask: () => (name.startsWith("one") ? user.run(args) : user.mortal(...args)) };
  });
  await user.killAmid(deletes);
  const again = await Promise.all(names.map(async (name) => deletedPlainly(user, name)));
  const told = deletes.map(({ name, beforeMs }) => `${name}, deleted ${beforeMs} ms before the kill`);
  expect(again.join(""), told.join("; ")).toBe("");
  return worked;
}

/** What keeps the next command from deleting it. Work of a repository that is gone has nowhere to go, and that is said. */
async function deletedPlainly(user: Victim, name: string): Promise<string> {
  const { exitCode, stderr } = await user.run(["delete", name]);
  if (exitCode === 0 || stderr.includes("error[SESSION_NOT_FOUND]")) return "";
  if (isWhole(name) || !/^error\[REPOSITORY_UNAVAILABLE\]: .*\nhint: .*--discard-work/m.test(stderr)) return stderr;
  await user.ok("delete", "--discard-work", name);
  return "";
}

it.each(ROUNDS)(
  `the next command recovers from a daemon killed at random points of creates and deletes in pods (seed ${SEED}, round %i)`,
  async (round) => {
    const random = chance(SEED + round * 7_919);
    const user = new Victim(cluster, await cluster.namespace("kills"));
    const before = readdirSync(join(user.repository, ".git"));
    const names = await createAmid(user, random);
    const made = await user.allObjects();
    for (const name of names.filter(isWhole))
      expect(made.filter((object) => object.endsWith(`/clauderon-${name}`))).toHaveLength(4);

    const worked = await deleteAmid(user, names, random);
    expect(await user.names()).toEqual([]);
    expect(await user.allObjects()).toEqual([]);
    expect(await user.ok("reconcile")).toBe("All sessions are consistent. Nothing to repair.");
    // A fetched branch belongs to the user.
    const refs = user.git("for-each-ref", "--format=%(refname)", "refs/clauderon").split("\n").filter(Boolean);
    expect(refs).toEqual(worked.map((name) => `refs/clauderon/rescued/${name}`).toSorted());
    for (const name of worked) expect(user.git("show", `refs/clauderon/rescued/${name}:result`)).toBe(name);
    const worktrees = user.git("worktree", "list").split("\n");
    expect(worktrees.filter((line) => !isBystander(line))).toHaveLength(1);
    expect(readdirSync(join(user.repository, ".git"))).toEqual(before);
    expect(readdirSync(join(user.repository, ".git/objects")).join(" ")).not.toContain("clauderon");
    expect(existsSync(join(user.clauderonHome, "sessions"))).toBe(false);
    expect(user.processes()).toEqual([await user.daemonPid()]);
  },
);
