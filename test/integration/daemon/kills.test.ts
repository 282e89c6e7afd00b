import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chance, SEED } from "../../kit/chance.ts";
import { type Ask, killAmid } from "../../kit/killAmid.ts";
import { type StartedCli, startCli } from "../cli/cliProcess.ts";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import { processesOf } from "../../kit/processes.ts";
import { TERMINAL_AGENT } from "../../kit/programs.ts";

// Ten daemons die, each during five creates and then during five deletes at different points: fifty points of each.
const ROUNDS = Array.from({ length: 10 }, (_, round) => round);
const CREATE_MS = 2_000;
const DELETE_MS = 1_000;

/** A daemon that dies while it is asked, and commands that die with it. */
class Victim extends DaemonWorld {
  readonly #commands: StartedCli[] = [];

  /** Asks each at its moment, kills, and starts the next daemon; the answers that came, by name. */
  killAmid(asks: readonly Ask[]): Promise<ReadonlyMap<string, unknown>> {
    return killAmid(asks, async () => {
      for (const command of this.#commands.splice(0)) command.signal("SIGKILL");
      await this.end("SIGKILL");
      await this.start();
    });
  }

  /** The real command, which answers by its success. */
  async command(...args: readonly string[]): Promise<string> {
    const environment = { ...this.environment, CLAUDERON_AGENT: "scripted", CLAUDERON_AGENT_COMMAND: TERMINAL_AGENT };
    const command = startCli(args, { cwd: this.repository, environment });
    this.#commands.push(command);
    const { exitCode, stdout, stderr } = await command.ended;
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  }

  /** A clone that can go away. */
  clone(name: string): string {
    const path = join(this.folder, name);
    execFileSync("git", ["clone", "--quiet", this.repository, path]);
    return path;
  }
}

const NEVER_THERE = { error: expect.objectContaining({ code: "SESSION_NOT_FOUND" }) as unknown };

/** Five sessions, each named by how long before the kill it is asked for: some by commands, and now and then one whose repository goes away. */
function createsOf(world: Victim, random: () => number): readonly Ask[] {
  const repository = world.clone("doomed");
  return ["first", "second", "third", "typed", random() < 0.4 ? "doomed" : "shell"].map((kind) => {
    const beforeMs = Math.round(random() * CREATE_MS);
    const name = `${kind}-${beforeMs}ms`;
    if (kind === "doomed") return { name, beforeMs, ask: () => world.create({ name, repository }) };
    if (kind === "typed" || kind === "shell")
      return { name, beforeMs, ask: () => world.command("create", "--name", name, "--detach") };
    return { name, beforeMs, ask: () => world.create({ name }) };
  });
}

async function expectWhole(world: Victim, name: string): Promise<void> {
  await world.until(name, "Running", "Idle");
  const runners = processesOf(world.home).filter(({ line }) => line.includes(`session ${world.home}/sessions/${name}`));
  expect(runners, name).toHaveLength(1);
}

/** It may have been whole before its repository went away. */
async function expectEnd(world: Victim, name: string): Promise<void> {
  const end = async () => {
    const { phase, activity, reason, message } = (await world.session(name)).status;
    return phase === "Running" ? activity : `${phase} ${reason}: ${message}`;
  };
  await expect.poll(end, { ...POLL, message: name }).toMatch(/^(Idle|Failed RepositoryUnavailable: [^]*doomed[^]*)$/);
}

/** The answer to a delete. If the repository is gone, the session's files may be work: they go only when the user says so. */
async function deleted(world: Victim, name: string): Promise<unknown> {
  const path = `/api/sessions/${name}`;
  const { body } = await world.ask("DELETE", path);
  const isKept = name.startsWith("doomed") && JSON.stringify(body).includes('"REPOSITORY_UNAVAILABLE"');
  return isKept ? (await world.ask("DELETE", `${path}?discardWork=true`)).body : body;
}

/** Deletes each, some with work; whose work that is. */
async function deleteAmid(world: Victim, names: readonly string[], random: () => number): Promise<readonly string[]> {
  const worked = names.filter((name) => !name.startsWith("doomed") && random() < 0.5);
  for (const name of worked) writeFileSync(join(world.home, "sessions", name, "work/result"), name);
  const deletes = names.map((name) => {
    const ask = name.startsWith("typed")
      ? () => world.command("delete", name)
      : () => world.ask("DELETE", `/api/sessions/${name}`);
    return { name, beforeMs: Math.round(random() * DELETE_MS), ask };
  });
  await world.killAmid(deletes);
  for (const { name, beforeMs } of deletes) {
    const body = await deleted(world, name);
    const gone = worked.includes(name) ? { name, rescuedRef: `refs/clauderon/rescued/${name}` } : { name };
    const told = `deleted ${beforeMs} ms before the kill`;
    expect([gone, expect.objectContaining(NEVER_THERE)], told).toContainEqual(body);
  }
  return worked;
}

it.each(ROUNDS)(
  `the next daemon recovers from one killed at random points of creates and deletes (seed ${SEED}, round %i)`,
  async (round) => {
    const random = chance(SEED + round * 7_919);
    const world = await new Victim().start();
    const creates = createsOf(world, random);
    const created = await world.killAmid(creates);
    rmSync(join(world.folder, "doomed"), { recursive: true });
    // Now and then the healing is cut short too.
    if (random() < 0.4) await world.killAmid([{ name: "", beforeMs: random() * CREATE_MS, ask: () => world.list() }]);

    const known = (await world.list()).map(({ name }) => name);
    // What was promised is there. A command that died may have asked for its session or not; then the name is free.
    expect(known).toEqual(expect.arrayContaining([...created.keys()]));
    const whole = creates.map(({ name }) => name).filter((name) => !name.startsWith("doomed"));
    for (const name of whole) if (!known.includes(name)) await world.create({ name });
    for (const name of whole) await expectWhole(world, name);
    const names = (await world.list()).map(({ name }) => name);
    for (const name of names) if (!whole.includes(name)) await expectEnd(world, name);
    expect(world.leftovers()["worktrees"]).toHaveLength(whole.length);

    // A create that was under way may have written in it once more.
    rmSync(join(world.folder, "doomed"), { recursive: true, force: true });
    const worked = await deleteAmid(world, names, random);
    expect(await world.list()).toEqual([]);
    for (const name of worked) expect(world.git("show", `refs/clauderon/rescued/${name}:result`)).toBe(name);
    const rescued = world.git("for-each-ref", "--format=%(refname)", "refs/clauderon/rescued");
    expect(rescued.split("\n").filter(Boolean)).toHaveLength(worked.length);
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  },
);
