import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorktree, forwardCheckout } from "@clauderon/git";
import { INCOMING_REF } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { GitSessionWork } from "../../../packages/daemon/src/work/gitSessionWork.ts";
import { busyRepository } from "../git/busyRepository.ts";
import type { ScratchRepository } from "../git/scratchRepository.ts";
import { REFS, SESSION, SessionWorld } from "../git/sessionWorld.ts";

const { signal } = new AbortController();
/** The link of a session that needs no link. */
const NO_LINK = {
  link: {
    get connection(): never {
      throw new Error("It was asked for");
    },
  },
  signal,
  progress: () => undefined,
};

function recordOf(repository: ScratchRepository, backend: "local" | "kubernetes", commit = ""): SessionRecord {
  const spec = {
    backend,
    agent: "claude-code" as const,
    repository: repository.path,
    branch: `clauderon/${SESSION}`,
    baseCommit: repository.tip("HEAD"),
    worktree: true,
    sandbox: false,
    permissionMode: "default" as const,
    accessMode: "ReadWrite" as const,
  };
  return { name: SESSION, uid: randomUUID(), createdTime: "2026-01-01T00:00:00Z", spec, commit };
}

/** A session in a worktree of the repository, and one in a repository of its own. */
async function local() {
  const repository = busyRepository();
  const worktree = join(repository.folder, "worktree");
  const environment = { PATH: process.env["PATH"], HOME: "/nonexistent" };
  const work = new GitSessionWork({
    home: "/nonexistent",
    environment,
    worktree: () => worktree,
    folder: () => worktree,
    include: [],
    submodules: false,
  });
  const record = recordOf(repository, "local");
  const { commit } = await work.capture(record, signal);
  await createWorktree(repository.git, { path: worktree, branch: record.spec.branch, owner: record.uid }, commit);
  const commitFile = (name: string) => {
    repository.at(worktree, "reset", "--quiet", "--hard");
    repository.at(worktree, "clean", "--quiet", "-fd");
    repository.at(worktree, "commit", "--quiet", "--allow-empty", "--message", name);
    return repository.at(worktree, "rev-parse", "HEAD").trim();
  };
  return { repository, worktree, work, session: { ...record, commit }, commitFile };
}

async function elsewhere() {
  const repository = busyRepository();
  const world = await SessionWorld.begin(repository);
  const { home, path } = world.remote;
  const environment = { PATH: path, HOME: "/nonexistent" };
  const work = new GitSessionWork({
    home,
    environment,
    worktree: () => "/nonexistent",
    folder: () => "/nonexistent",
    include: [],
    submodules: false,
  });
  const session = recordOf(repository, "kubernetes", repository.tip(REFS.incoming));
  return { repository, world, work, session };
}

describe("the work of a session on this machine", () => {
  it("is pulled with uncommitted changes, and reported when nothing is new", async () => {
    const { repository, worktree, work, session, commitFile } = await local();
    const head = commitFile("First");
    repository.at(worktree, "rm", "--quiet", "kept.txt");
    const pulled = await work.pull(session, signal);
    expect(pulled).toMatchObject({ ref: REFS.work, head, changed: true, commits: 1, uncommitted: 1, notices: [] });
    expect(repository.tip(REFS.work)).toBe(pulled.commit);
    expect((await work.pull(session, signal)).changed).toBe(false);
  });

  it("moves to the user's commit when nothing is in the way, and otherwise stays", async () => {
    const { repository, worktree, work, session, commitFile } = await local();
    const push = () => work.push(session, NO_LINK);
    expect(await push()).toMatchObject({
      forwarded: false,
      notices: [expect.stringMatching(/^The session has work that is not committed; .*clauderon send/)],
    });
    repository.at(worktree, "reset", "--quiet", "--hard");
    repository.at(worktree, "clean", "--quiet", "-fd");
    repository.run("commit", "--quiet", "--message", "The user's");
    expect(await push()).toMatchObject({ forwarded: true, notices: [] });
    expect(repository.at(worktree, "rev-parse", "HEAD").trim()).toBe(repository.tip("HEAD"));
    const agents = commitFile("The agent's");
    expect((await push()).notices).toEqual(["The session already has that commit, and its own commits after it"]);
    repository.run("commit", "--quiet", "--allow-empty", "--message", "More");
    expect((await push()).notices[0]).toMatch(
      /^The session has commits that you do not have; .*git merge [0-9a-f]{12}"$/,
    );
    repository.at(worktree, "switch", "--quiet", "--create", "aside", repository.tip("HEAD^"));
    expect((await push()).notices[0]).toMatch(/^The session is not on its own branch;/);
    expect(repository.tip("aside")).toBe(repository.tip("HEAD^"));
    expect(repository.tip(session.spec.branch)).toBe(agents);
  });

  it("stays when an ignored file would be overwritten", async () => {
    const { repository, worktree, work, session, commitFile } = await local();
    commitFile("Clean");
    repository.run("reset", "--quiet", "--hard", session.spec.branch);
    writeFileSync(join(worktree, ".git-ignored"), "the agent's own\n");
    repository.run("config", "core.excludesFile", join(repository.folder, "excludes"));
    writeFileSync(join(repository.folder, "excludes"), ".git-ignored\n");
    repository.write(".git-ignored", "the user's\n");
    repository.run("add", "--force", ".git-ignored");
    repository.run("commit", "--quiet", "--message", "In the way");
    expect((await work.push(session, NO_LINK)).notices[0]).toMatch(/^Files that the session ignores are in the way/);
    expect(readFileSync(join(worktree, ".git-ignored"), "utf8")).toBe("the agent's own\n");
  });

  it("is rescued before removal, also when the worktree is gone, and forgotten afterwards", async () => {
    const { repository, worktree, work, session, commitFile } = await local();
    expect(await work.rescue(session, signal)).toBeUndefined();
    writeFileSync(join(worktree, "agents"), "x");
    expect(await work.rescue(session, signal)).toBe(REFS.rescued);
    const first = commitFile("Committed, and nothing else");
    expect(await work.rescue(session, signal)).toBe(`${REFS.rescued}-2`);
    expect(repository.tip(`${REFS.rescued}-2^1`)).toBe(first);
    const head = commitFile("The agent's last");
    rmSync(worktree, { recursive: true });
    expect(await work.rescue(session, signal)).toBe(`${REFS.rescued}-3`);
    expect(repository.tip(`${REFS.rescued}-3`)).toBe(head);
    expect(await work.rescue(session, signal)).toBeUndefined();
    await work.forget(session);
    expect(repository.run("for-each-ref", "--format=%(refname)", "refs/clauderon")).toBe(
      `${REFS.rescued}\n${REFS.rescued}-2\n${REFS.rescued}-3\n`,
    );
  });

  it("starts from a given base without the checkout's changes", async () => {
    const { repository, work, session } = await local();
    const base = repository.tip("HEAD^");
    const spec = { ...session.spec, baseCommit: base, fromBase: true as const };
    const { commit } = await work.capture({ ...session, spec }, signal);
    expect(repository.tip(`${commit}^{tree}`)).toBe(repository.tip(`${base}^{tree}`));
  });
});

describe("the work of a session elsewhere", () => {
  it("is sent, pulled and pushed through the daemon's stream", async () => {
    const { repository, world, work, session } = await elsewhere();
    const steps: string[] = [];
    await work.send(session, signal, (step) => steps.push(step));
    const head = world.commit("agent.txt");
    await world.capture();
    steps.length = 0;
    const pulled = await work.pull(session, signal, (step, percent) => steps.push(`${step} ${percent}`));
    expect(pulled).toMatchObject({ head, changed: true, commits: 1 });
    expect(steps).toContain("Receiving objects 100");
    expect(repository.tip(REFS.branch)).toBe(head);
  });

  it("is moved to the user's commit by its runner, which has received it", async () => {
    const { repository, world, work, session } = await elsewhere();
    // As the runner answers `forward`.
    const ask = async (request: { readonly type: string; readonly commit?: string }) => ({
      type: "done" as const,
      id: 1,
      forwarding: await forwardCheckout(world.theirs.git, session.spec.branch, request.commit ?? ""),
    });
    const steps: string[] = [];
    const progress = (step: string) => steps.push(step);
    const push = () => work.push(session, { link: { connection: { ask } }, signal, progress });
    const left = await push();
    expect(left).toMatchObject({ forwarded: false, ref: INCOMING_REF });
    expect(left.notices).toEqual([
      `The session has work that is not committed; its agent can take it: clauderon send ${SESSION} "Run git merge ${left.commit.slice(0, 12)}"`,
    ]);
    world.theirs.run("reset", "--quiet", "--hard");
    world.theirs.run("clean", "--quiet", "-fd");
    repository.run("commit", "--quiet", "--message", "The user's");
    expect(await push()).toMatchObject({ forwarded: true, notices: [] });
    expect(world.theirs.tip(REFS.branch)).toBe(repository.tip("HEAD"));
    expect(world.theirs.status()).toBe("");
    expect(steps).toContain("Writing objects");
  });

  it("is rescued while it is being pulled, one after the other", async () => {
    const { world, work, session } = await elsewhere();
    world.theirs.write("agents", "x");
    await world.capture();
    const both = await Promise.all([work.pull(session, signal), work.rescue(session, signal)]);
    expect(both).toMatchObject([{ changed: true }, REFS.rescued]);
  });

  it("includes repositories that the agent has made inside, and protects those that cannot be fetched", async () => {
    const { repository, world, work, session } = await elsewhere();
    const { theirs } = world;
    const inner = join(theirs.path, "inner");
    theirs.run("init", "--quiet", inner);
    theirs.at(inner, "commit", "--quiet", "--allow-empty", "--message", "Inner");
    const commit = theirs.at(inner, "rev-parse", "HEAD").trim();
    await world.capture();
    const pulled = await work.pull(session, signal);
    expect(pulled.notices).toContain('"inner" is a separate repository. Its work is saved, and not copied as files');
    expect(await work.rescue(session, signal)).toBe(REFS.rescued);
    await work.forget(session);
    repository.run("gc", "--quiet", "--prune=now");
    expect(repository.run("cat-file", "-t", commit).trim()).toBe("commit");
    writeFileSync(join(inner, ".git/objects/info/alternates"), "/nonexistent\n");
    await world.capture();
    await expect(work.rescue(session, signal)).rejects.toThrow(
      '"inner" is a separate repository, and its work cannot be',
    );
  });

  it("is rescued when it is uncommitted, and protects a session whose work cannot be fetched", async () => {
    const { repository, world, work, session } = await elsewhere();
    await world.capture();
    expect(await work.rescue(session, signal)).toBeUndefined();
    expect(await work.rescueFetched(session)).toBeUndefined();
    world.theirs.write("agents", "x");
    await world.pull();
    expect(await work.rescueFetched(session)).toBe(REFS.rescued);
    expect(await work.rescue(session, signal)).toBeUndefined();
    world.daemonOptions = { cutAfter: { down: 1 } };
    await expect(work.rescue(session, signal)).rejects.toMatchObject({ code: "AGENT_UNAVAILABLE" });
    rmSync(repository.path, { recursive: true });
    await expect(work.rescue(session, signal)).rejects.toMatchObject({
      hint: `Fetch it in another clone: git fetch clauderon::${SESSION}`,
    });
  });
});
