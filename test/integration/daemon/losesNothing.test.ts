import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";

/** Changes the registry while no daemon has it. */
async function meddle(world: DaemonWorld, sql: string): Promise<void> {
  await world.end("SIGTERM");
  const database = new DatabaseSync(join(world.home, "sessions.db"));
  database.exec(sql);
  database.close();
  await world.start();
}

const AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@example.invalid"];
const workOf = (world: DaemonWorld, name: string) => join(world.home, "sessions", name, "work");
const prune = async (world: DaemonWorld) => (await world.ask("POST", "/api/reconcile", { prune: true })).body;

describe("an unreadable row", () => {
  it("protects its work from --prune, reports its cause, stops no other session, and is removed when its work may be", async () => {
    const world = await new DaemonWorld().start();
    for (const name of ["good", "spoilt"]) await world.create({ name });
    for (const name of ["good", "spoilt"]) await world.until(name, "Running", "Idle");
    writeFileSync(join(workOf(world, "spoilt"), "result"), "precious\n");
    await meddle(world, "UPDATE sessions SET spec = '{' WHERE name = 'spoilt'");
    await world.until("good", "Running", "Idle");
    expect((await world.list()).map(({ name }) => name)).toEqual(["good", "spoilt"]);
    expect((await world.session("spoilt")).status).toMatchObject({
      phase: "Error",
      reason: "RegistryRowUnreadable",
      message: expect.stringContaining("spec: is not JSON") as unknown,
    });
    expect(await prune(world)).toEqual({ repaired: [], orphans: [], problems: [] });
    expect(readFileSync(join(workOf(world, "spoilt"), "result"), "utf8")).toBe("precious\n");

    expect((await world.ask("DELETE", "/api/sessions/spoilt")).body).toMatchObject({
      error: {
        code: "REGISTRY_UNREADABLE",
        message: expect.stringContaining("spec: is not JSON") as unknown,
        hint: expect.stringContaining("clauderon delete --discard-work spoilt") as unknown,
      },
    });
    expect(await world.ask("DELETE", "/api/sessions/spoilt?discardWork=true")).toMatchObject({ status: 200 });
    expect((await world.list()).map(({ name }) => name)).toEqual(["good"]);
    await world.ask("POST", "/api/sessions/good/prompt", { prompt: "say still here" });
    await expect.poll(async () => (await world.session("good")).status.turns, POLL).toBe(1);

    // Only the row is gone: worktree and agent belong to no session now, and are reported and pruned.
    const folder = { kind: "folder", name: "spoilt" };
    const { body } = await world.ask("POST", "/api/reconcile", {});
    expect(body).toEqual({ repaired: [], orphans: [{ ...folder, removed: false }], problems: [] });
    expect(readFileSync(join(workOf(world, "spoilt"), "result"), "utf8")).toBe("precious\n");
    const message = "Its work is refs/clauderon/rescued/spoilt";
    expect(await prune(world)).toEqual({
      repaired: [],
      orphans: [{ ...folder, removed: true, message }],
      problems: [],
    });
    expect(world.git("show", "refs/clauderon/rescued/spoilt:result")).toBe("precious");
    await world.ask("DELETE", "/api/sessions/good");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("prune", () => {
  it("rescues work from a folder without a session, and removes the folder", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "lost" });
    await world.until("lost", "Running", "Idle");
    writeFileSync(join(workOf(world, "lost"), "result"), "precious\n");
    await meddle(world, "DELETE FROM sessions");
    expect(await prune(world)).toEqual({
      problems: [],
      repaired: [],
      orphans: [{ kind: "folder", name: "lost", removed: true, message: "Its work is refs/clauderon/rescued/lost" }],
    });
    expect(world.git("show", "refs/clauderon/rescued/lost:result")).toBe("precious");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("keeps a folder whose work cannot be read, and says why", async () => {
    const world = await new DaemonWorld().start();
    mkdirSync(workOf(world, "strange"), { recursive: true });
    writeFileSync(join(workOf(world, "strange"), "result"), "precious\n");
    expect(await prune(world)).toEqual({
      problems: [],
      repaired: [],
      orphans: [
        {
          kind: "folder",
          name: "strange",
          removed: false,
          message: expect.stringContaining("strange/work") as unknown,
        },
      ],
    });
    expect(existsSync(join(workOf(world, "strange"), "result"))).toBe(true);
  });
});

/** A session whose agent has made its worktree a repository of its own, with a commit. */
async function beginOwn() {
  const world = await new DaemonWorld().start();
  await world.create({ name: "own" });
  await world.until("own", "Running", "Idle");
  const work = workOf(world, "own");
  rmSync(join(work, ".git"));
  for (const args of [
    ["init", "-q"],
    ["add", "-A"],
    [...AUTHOR, "commit", "-qm", "Precious"],
  ])
    execFileSync("git", ["-C", work, ...args]);
  return { world, work };
}

describe("prune of a folder whose worktree names another repository", () => {
  it("keeps it, and rescues nothing into that repository", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "lost" });
    await world.until("lost", "Running", "Idle");
    const work = workOf(world, "lost");
    writeFileSync(join(work, "result"), "precious\n");
    const other = join(world.folder, "other");
    cpSync(join(world.repository, ".git"), other, { recursive: true });
    writeFileSync(join(work, ".git"), `gitdir: ${other}/worktrees/work\n`);
    await meddle(world, "DELETE FROM sessions");
    const orphan = { kind: "folder", name: "lost", removed: false, message: expect.stringContaining(work) as unknown };
    expect(await prune(world)).toEqual({ problems: [], repaired: [], orphans: [orphan] });
    const rescued = execFileSync("git", ["-C", other, "for-each-ref", "refs/clauderon/rescued"], { encoding: "utf8" });
    expect([readFileSync(join(work, "result"), "utf8"), rescued]).toEqual(["precious\n", ""]);
  });
});

describe("a folder whose worktree became a repository of its own", () => {
  it("is kept by delete, which says why", async () => {
    const { world, work } = await beginOwn();
    for (const [method, path] of [
      ["POST", "/api/sessions/own/pull"],
      ["DELETE", "/api/sessions/own"],
    ] as const) {
      const { body } = await world.ask(method, path);
      expect(body).toMatchObject({
        error: {
          code: "REPOSITORY_UNAVAILABLE",
          message: expect.stringContaining(`${work} has files, but it is not a worktree of`) as unknown,
        },
      });
    }
    expect(execFileSync("git", ["-C", work, "log", "--format=%s"], { encoding: "utf8" })).toBe("Precious\n");
  });

  it("is kept by prune: what is rescued into that repository would be deleted with it", async () => {
    const { world, work } = await beginOwn();
    await meddle(world, "DELETE FROM sessions");
    const orphan = { kind: "folder", name: "own", removed: false, message: expect.stringContaining(work) as unknown };
    expect(await prune(world)).toEqual({ problems: [], repaired: [], orphans: [orphan] });
    expect(execFileSync("git", ["-C", work, "log", "--format=%s"], { encoding: "utf8" })).toBe("Precious\n");
  });
});

it("a daemon that starts removes what killed fetches of its sessions have left, and nothing of anybody else's", async () => {
  const world = await new DaemonWorld().start();
  await world.create({ name: "mine" });
  await world.until("mine", "Running", "Idle");
  const left = (name: string) => join(world.repository, ".git/objects", name);
  const [ours, others] = ["tmp_objdir-clauderon-mine", ["tmp_objdir-clauderon-other", "tmp_objdir-incoming-Xy3"]];
  for (const name of [ours, ...others]) {
    mkdirSync(left(`${name}/objects/pack`), { recursive: true });
    writeFileSync(left(`${name}/objects/pack/tmp_pack_1`), "half");
  }
  await world.end("SIGKILL");
  await world.start();
  expect([ours, ...others].map((name) => existsSync(left(name)))).toEqual([false, true, true]);
  for (const name of others) rmSync(left(name), { recursive: true });
});

describe("delete", () => {
  it("keeps what the agent does while it ends", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "polite", prompt: "farewell" });
    await expect.poll(async () => (await world.session("polite")).status.turns, POLL).toBe(1);
    const { body } = await world.ask("DELETE", "/api/sessions/polite");
    expect(body).toEqual({ name: "polite", rescuedRef: "refs/clauderon/rescued/polite" });
    expect(world.git("show", "refs/clauderon/rescued/polite:farewell.txt")).toBe("written at the end");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("rescues repositories that the agent made in its checkout, and refuses when it cannot", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "nested" });
    await world.until("nested", "Running", "Idle");
    const inner = join(workOf(world, "nested"), "inner");
    const git = (...args: string[]) => execFileSync("git", args, { cwd: inner, encoding: "utf8" }).trim();
    mkdirSync(inner);
    git("init", "--quiet");
    writeFileSync(join(inner, "result"), "precious\n");
    git("add", "result");
    git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Inner");
    const commit = git("rev-parse", "HEAD");
    writeFileSync(join(inner, ".git/objects/info/alternates"), "/nonexistent\n");
    const refusal = (await world.ask("DELETE", "/api/sessions/nested")).body;
    expect(refusal).toMatchObject({
      error: {
        message: expect.stringContaining('"inner" is a separate repository, and its work cannot be saved') as unknown,
        hint: expect.stringContaining("clauderon delete --discard-work nested") as unknown,
      },
    });
    expect(existsSync(join(inner, "result"))).toBe(true);
    rmSync(join(inner, ".git/objects/info/alternates"));
    const { body } = await world.ask("DELETE", "/api/sessions/nested");
    expect(body).toEqual({ name: "nested", rescuedRef: "refs/clauderon/rescued/nested" });
    world.git("merge-base", "--is-ancestor", commit, "refs/clauderon/rescued/nested");
    expect(world.git("show", `${commit}:result`)).toBe("precious");
    expect(world.git("log", "--format=%B", "-1", "refs/clauderon/rescued/nested")).toMatch(/^other: [0-9a-f]+ inner$/m);
  });

  it("rescues nothing of a session that started with uncommitted work and changed nothing", async () => {
    const world = await new DaemonWorld().start();
    writeFileSync(join(world.repository, "readme"), "staged\n");
    world.git("add", "readme");
    writeFileSync(join(world.repository, "readme"), "two\n");
    writeFileSync(join(world.repository, "new"), "untracked\n");
    await world.create({ name: "idle" });
    await world.create({ name: "committer" });
    await world.until("idle", "Running", "Idle");
    await world.until("committer", "Running", "Idle");
    const git = (...args: string[]) => execFileSync("git", args, { cwd: workOf(world, "committer") });
    git("commit", "--quiet", "--allow-empty", "--message", "Work");
    expect((await world.ask("DELETE", "/api/sessions/idle")).body).toEqual({ name: "idle" });
    expect((await world.ask("DELETE", "/api/sessions/committer")).body).toEqual({
      name: "committer",
      rescuedRef: "refs/clauderon/rescued/committer",
    });
  });
});
