import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";

const RESCUED = "refs/clauderon/rescued/lost";

const workOf = (world: DaemonWorld) => join(world.home, "sessions/lost/work");

/** A session whose agent has a commit, and uncommitted work of every kind; all of it was fetched after a turn. */
async function begin() {
  const world = await new DaemonWorld().start();
  writeFileSync(join(world.repository, "readme"), "uncommitted when it began\n");
  await world.create({ name: "lost" });
  await world.until("lost", "Running", "Idle");
  const work = workOf(world);
  const git = (...args: string[]) => execFileSync("git", args, { cwd: work, encoding: "utf8" }).trim();
  writeFileSync(join(work, "committed"), "by the agent\n");
  git("add", "committed");
  git("commit", "--quiet", "--message", "By the agent");
  writeFileSync(join(work, "staged"), "staged\n");
  git("add", "staged");
  writeFileSync(join(work, "committed"), "changed since\n");
  writeFileSync(join(work, "untracked"), "untracked\n");
  const fetched = await world.ask("POST", "/api/sessions/lost/pull");
  expect(fetched.status).toBe(200);
  return { world, work, git, state: { status: git("status", "--porcelain"), head: git("rev-parse", "HEAD") } };
}

async function recreate(world: DaemonWorld) {
  expect(await world.ask("POST", "/api/sessions/lost/recreate")).toMatchObject({ status: 200 });
  return await world.until("lost", "Running", "Idle");
}

describe("recreate of a session whose worktree is lost", () => {
  it("makes it again with the commits and the uncommitted work that were fetched, and keeps them under a rescued ref", async () => {
    const { world, work, git, state } = await begin();
    rmSync(work, { recursive: true });
    const { status } = await recreate(world);
    expect({ status: git("status", "--porcelain"), head: git("rev-parse", "HEAD") }).toEqual(state);
    expect(readFileSync(join(work, "untracked"), "utf8")).toBe("untracked\n");
    expect(git("symbolic-ref", "--short", "HEAD")).toBe("clauderon/lost");
    expect(status.notices).toContainEqual(expect.stringContaining(RESCUED));
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    expect(world.git("rev-parse", `${RESCUED}^1`)).toBe(state.head);
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toMatchObject({ name: "lost" });
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("continues from the branch when that has commits that were not fetched, and keeps what was fetched", async () => {
    const { world, work, git } = await begin();
    git("add", "--all");
    git("commit", "--quiet", "--message", "Not fetched");
    const head = git("rev-parse", "HEAD");
    rmSync(work, { recursive: true });
    await recreate(world);
    expect([git("rev-parse", "HEAD"), git("status", "--porcelain")]).toEqual([head, ""]);
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
  });

  it("continues on request after the whole folder of the session was lost", async () => {
    const { world, work, git, state } = await begin();
    await world.end("SIGKILL");
    await world.endRunners();
    rmSync(join(world.home, "sessions/lost"), { recursive: true });
    await world.start();
    const { status } = await world.until("lost", "Missing");
    expect(status.reason).toBe("WorktreeMissing");
    await recreate(world);
    expect({ status: git("status", "--porcelain"), head: git("rev-parse", "HEAD") }).toEqual(state);
    expect(existsSync(join(work, "untracked"))).toBe(true);
  });

  it("loses nothing when it is lost again and then deleted, even if the rescued ref was removed", async () => {
    const { world, work } = await begin();
    rmSync(work, { recursive: true });
    await recreate(world);
    world.git("update-ref", "-d", RESCUED);
    rmSync(work, { recursive: true });
    await recreate(world);
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    world.git("update-ref", "-d", RESCUED);
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toEqual({ name: "lost", rescuedRef: RESCUED });
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
  });
});

describe("delete of a session whose worktree is lost", () => {
  it("rescues the uncommitted work that was fetched", async () => {
    const { world, work } = await begin();
    rmSync(work, { recursive: true });
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toEqual({ name: "lost", rescuedRef: RESCUED });
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

/** The agent has detached commits and a staged file that were not fetched; then its worktree is removed. */
async function beginDetached() {
  const { world, work, git } = await begin();
  git("checkout", "--quiet", "--detach");
  git("commit", "--quiet", "--allow-empty", "--message", "Detached");
  const commits = [git("rev-parse", "HEAD")];
  git("checkout", "--quiet", "HEAD^");
  git("commit", "--quiet", "--allow-empty", "--message", "Detached again");
  commits.push(git("rev-parse", "HEAD"));
  writeFileSync(join(work, "late"), "late\n");
  git("add", "late");
  rmSync(work, { recursive: true });
  const expectKept = () => {
    for (const commit of commits) world.git("merge-base", "--is-ancestor", commit, RESCUED);
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    expect(world.git("rev-list", "--objects", RESCUED)).toMatch(/^[0-9a-f]+ late$/m);
  };
  return { world, expectKept };
}

describe("commits and staged files that only the entry of a lost worktree names", () => {
  it("are kept by delete", async () => {
    const { world, expectKept } = await beginDetached();
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toEqual({ name: "lost", rescuedRef: RESCUED });
    expectKept();
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("are kept by recreate", async () => {
    const { world, expectKept } = await beginDetached();
    expect(await recreate(world)).toMatchObject({ status: { phase: "Running" } });
    expectKept();
  });

  it("are kept by prune of a folder without a session, which leaves nothing else", async () => {
    const { world, expectKept } = await beginDetached();
    await world.end("SIGKILL");
    const database = new DatabaseSync(join(world.home, "sessions.db"));
    database.exec("DELETE FROM sessions");
    database.close();
    await world.start();
    expect((await world.ask("POST", "/api/reconcile", { prune: true })).body).toEqual({
      problems: [],
      repaired: [],
      orphans: [{ kind: "folder", name: "lost", removed: true, message: `Its work is ${RESCUED}` }],
    });
    expectKept();
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("a worktree that is there", () => {
  it("is never made again, even if the mark of its folder is gone", async () => {
    const { world, work } = await begin();
    writeFileSync(join(work, "last"), "not fetched\n");
    await world.end("SIGKILL");
    await world.endRunners();
    rmSync(join(world.home, "sessions/lost/begun"));
    await world.start();
    await world.until("lost", "Running", "Idle");
    expect(readFileSync(join(work, "last"), "utf8")).toBe("not fetched\n");
    await expect.poll(() => existsSync(join(world.home, "sessions/lost/begun")), POLL).toBe(true);
  });
});

describe("delete of a session", () => {
  it("keeps its files while the repository is somewhere else, and rescues them when it is back", async () => {
    const { world, work } = await begin();
    const away = `${world.repository}-away`;
    renameSync(world.repository, away);
    const { body } = await world.ask("DELETE", "/api/sessions/lost");
    expect(body).toMatchObject({
      error: {
        message: expect.stringContaining(
          `${world.repository} is gone, and the files of "lost" belong to it`,
        ) as unknown,
        hint: expect.stringContaining("Put the repository back") as unknown,
      },
    });
    expect(readFileSync(join(work, "untracked"), "utf8")).toBe("untracked\n");
    renameSync(away, world.repository);
    const deleted = await world.ask("DELETE", "/api/sessions/lost");
    expect(deleted.body).toEqual({ name: "lost", rescuedRef: RESCUED });
    expect(world.git("show", `${RESCUED}:untracked`)).toBe("untracked");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("counts a repository as gone whose folder remains, as a disk's mount point does, and goes without it on request", async () => {
    const { world, work } = await begin();
    const [git, away] = [join(world.repository, ".git"), join(world.home, "away.git")];
    renameSync(git, away);
    const message = expect.stringContaining(`${world.repository} is gone`) as unknown;
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toMatchObject({ error: { message } });
    expect(readFileSync(join(work, "untracked"), "utf8")).toBe("untracked\n");
    const { body } = await world.ask("DELETE", "/api/sessions/lost?discardWork=true");
    expect(body).toEqual({ name: "lost" });
    expect(existsSync(work)).toBe(false);
    renameSync(away, git);
  });

  it("refuses while its worktree is moved to another place in its folder", async () => {
    const { world, work } = await begin();
    world.git("worktree", "move", work, `${work}-moved`);
    const { body } = await world.ask("DELETE", "/api/sessions/lost");
    expect(body).toMatchObject({
      error: { message: expect.stringContaining(`${work}-moved is a repository`) as unknown },
    });
    expect(existsSync(`${work}-moved/untracked`)).toBe(true);
    world.git("worktree", "move", `${work}-moved`, work);
    expect((await world.ask("DELETE", "/api/sessions/lost")).body).toEqual({ name: "lost", rescuedRef: RESCUED });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("leaves a branch that the user has checked out, and a worktree that the user has moved out of its folder", async () => {
    const { world, work } = await begin();
    const moved = join(world.folder, "moved");
    world.git("worktree", "move", work, moved);
    expect(await world.ask("DELETE", "/api/sessions/lost")).toMatchObject({ status: 200 });
    expect(existsSync(join(moved, "untracked"))).toBe(true);
    expect(execFileSync("git", ["symbolic-ref", "--short", "HEAD"], { cwd: moved, encoding: "utf8" })).toBe(
      "clauderon/lost\n",
    );
    expect(world.git("config", "--local", "--list")).not.toContain("clauderonsession");
    world.git("worktree", "remove", "--force", moved);
    world.git("branch", "--quiet", "-D", "clauderon/lost");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});
