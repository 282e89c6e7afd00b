import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captureWork, createWorktree, fetchWork, Git, pushWork, sweepQuarantines } from "@clauderon/git";
import { INCOMING_REF } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { busyRepository } from "./busyRepository.ts";
import { contentOf, ScratchRepository } from "./scratchRepository.ts";
import { REFS, SESSION, SessionWorld } from "./sessionWorld.ts";

const begin = () => SessionWorld.begin(busyRepository());

describe("pushWork", () => {
  it("sends a checkout's complete state to the session: files, index, status", async () => {
    const { mine, theirs } = await begin();
    expect(theirs.status()).toBe(mine.status());
    expect(theirs.run("write-tree")).toBe(mine.run("write-tree"));
    const { "build.log": _, "secrets/key": __, ...content } = contentOf(mine.path);
    expect(contentOf(theirs.path)).toEqual(content);
  });
});

describe("fetchWork", () => {
  it("fetches what the agent changed, added, deleted, renamed and committed", async () => {
    const world = await begin();
    const { mine, theirs } = world;
    const head = world.commit("by agent.txt");
    renameSync(join(theirs.path, "unstaged.txt"), join(theirs.path, "renamed ż.txt"));
    rmSync(join(theirs.path, "added.txt"));
    chmodSync(join(theirs.path, "staged.txt"), 0o755);
    theirs.write("new/deep.txt", "new\n");
    theirs.run("add", "renamed ż.txt");
    const fetched = await world.pull();
    expect(fetched).toMatchObject({ head, changed: true, branch: { state: "Created" } });
    expect(mine.tip(REFS.branch)).toBe(head);
    const path = join(mine.folder, "back");
    await createWorktree(mine.git, { path, branch: "back", owner: "me" }, fetched.work);
    expect(contentOf(path)).toEqual(contentOf(theirs.path));
    expect(mine.status(path)).toBe(theirs.status());
    expect(mine.at(path, "write-tree")).toBe(theirs.run("write-tree"));
  });

  it("does not change the user's checkout, FETCH_HEAD, other refs or settings", async () => {
    const world = await begin();
    const facts = () => [
      contentOf(world.mine.path),
      world.mine.status(),
      world.mine.run("for-each-ref", "refs/heads/main", "refs/tags", "refs/remotes"),
      world.mine.run("config", "--list", "--local"),
      world.mine.run("rev-parse", "--quiet", "--verify", "HEAD"),
    ];
    const before = facts();
    world.theirs.run("tag", "v1");
    world.theirs.run("branch", "theirs");
    world.commit("a.txt");
    await world.pull();
    expect(facts()).toEqual(before);
    expect(() => world.mine.run("rev-parse", "--quiet", "--verify", "FETCH_HEAD")).toThrow("Command failed");
    expect(world.mine.run("for-each-ref", "--format=%(refname)", "refs/clauderon")).toBe(
      [REFS.incoming, REFS.fetched, REFS.work, ""].join("\n"),
    );
    expect(world.mine.run("fsck", "--strict", "--no-dangling")).toBe("");
  });

  it("says when nothing is new, and fetches only what is new later", async () => {
    const world = await begin();
    await world.pull();
    expect(await world.fetch()).toMatchObject({ changed: false, branch: { state: "Current" } });
    world.commit("a.txt");
    expect(await world.pull()).toMatchObject({ changed: true, branch: { state: "Updated" } });
  });

  it("replaces the user's branch when the session has rewritten it and the user has not moved it", async () => {
    const world = await begin();
    world.commit("a.txt");
    await world.pull();
    world.theirs.run("commit", "--quiet", "--amend", "--message", "Rewritten");
    expect(await world.pull()).toMatchObject({ branch: { state: "Updated" } });
    expect(world.mine.tip(REFS.branch)).toBe(world.theirs.tip("HEAD"));
  });

  it("moves no other branch through a symbolic ref that a session has created", async () => {
    const world = await begin();
    const { mine } = world;
    const before = mine.tip("refs/heads/main");
    mine.run("symbolic-ref", REFS.branch, "refs/heads/main");
    const head = world.commit("by agent.txt");
    await world.pull();
    expect([mine.tip("refs/heads/main"), mine.tip(REFS.branch)]).toEqual([before, head]);
  });

  it("keeps a branch that the user has moved or checked out, and reports it", async () => {
    const world = await begin();
    world.commit("a.txt");
    await world.pull();
    const path = join(world.mine.folder, "looking");
    world.mine.run("worktree", "add", "--quiet", path, `clauderon/${SESSION}`);
    const head = world.commit("b.txt");
    const kept = await world.pull();
    expect(kept.branch).toEqual({ state: "Kept", reason: `Branch "clauderon/${SESSION}" is checked out in ${path}` });
    expect(world.mine.tip(REFS.fetched)).toBe(head);
    world.mine.at(path, "commit", "--quiet", "--allow-empty", "--message", "The user's own");
    world.mine.at(path, "checkout", "--quiet", "--detach");
    const own = world.mine.tip(REFS.branch);
    expect((await world.pull()).branch).toMatchObject({
      reason: expect.stringMatching(/has commits that the session/),
    });
    expect(world.mine.tip(REFS.branch)).toBe(own);
  });

  it("fetches the state of a session whose agent has deleted its branch", async () => {
    const world = await begin();
    world.theirs.run("checkout", "--quiet", "--detach");
    world.theirs.run("branch", "--quiet", "-D", `clauderon/${SESSION}`);
    expect(await world.pull()).toMatchObject({ head: undefined, branch: { state: "Gone" } });
  });

  it("works for shallow clones, SHA-256 names, and repositories without a commit", async () => {
    const origin = new ScratchRepository();
    for (const name of ["one", "two"]) {
      origin.write("a.txt", name);
      origin.commit(name);
    }
    const shallow = new ScratchRepository();
    shallow.run("fetch", "--quiet", "--depth=1", `file://${origin.path}`, "main");
    shallow.run("reset", "--quiet", "--hard", "FETCH_HEAD");
    const long = new ScratchRepository("--object-format=sha256");
    long.write("a.txt", "a\n");
    long.commit("First");
    const empty = new ScratchRepository();
    empty.write("a.txt", "a\n");
    for (const [mine, ...init] of [[shallow], [long, "--object-format=sha256"], [empty]] as const) {
      const world = await SessionWorld.begin(mine, ...init);
      const head = world.commit("b.txt");
      expect(await world.pull()).toMatchObject({ head, branch: { state: "Created" } });
    }
  });

  it.each([500, 100_000, 400_000])(
    "changes nothing when cut after %i bytes, and succeeds the next time",
    async (down) => {
      const world = await begin();
      world.commit("big.txt", Array.from({ length: 60_000 }, () => Math.random().toString(36)).join("\n"));
      await world.capture();
      const facts = () => [world.mine.run("for-each-ref"), world.mine.run("count-objects", "-v")];
      const before = facts();
      world.daemonOptions = { cutAfter: { down } };
      await expect(world.fetch()).rejects.toMatchObject({ code: "AGENT_UNAVAILABLE" });
      expect(facts()).toEqual(before);
      world.daemonOptions = {};
      expect(await world.fetch()).toMatchObject({ branch: { state: "Created" } });
    },
  );

  it.each(["down", "up"] as const)(
    "ends a transfer that stops in the middle (%s), and changes nothing",
    async (way) => {
      const world = await begin();
      const large = randomBytes(4_000_000).toString("base64");
      world.commit("large.txt", large);
      world.mine.write("large too.txt", large);
      await world.capture();
      const { commit } = await captureWork(world.mine.git, { ref: REFS.incoming });
      const facts = () => [world.mine.run("for-each-ref"), world.mine.run("count-objects", "-v")];
      const before = [facts(), world.theirs.run("for-each-ref")];
      world.daemonOptions = { stallAfter: { [way]: 1_000_000 } };
      const remote = { ...world.remote, idleMs: 1_500 };
      const transfer =
        way === "down"
          ? world.fetch({ idleMs: 1_500 })
          : pushWork(world.mine.git, remote, { commit, ref: INCOMING_REF });
      await expect(transfer).rejects.toMatchObject({
        code: "REPOSITORY_UNAVAILABLE",
        message: `The transfer with session "${SESSION}" made no progress for 2 s and was ended`,
      });
      expect([facts(), world.theirs.run("for-each-ref")]).toEqual(before);
      world.daemonOptions = {};
      expect(await world.fetch()).toMatchObject({ branch: { state: "Created" } });
    },
  );

  it("removes what a killed fetch has left", async () => {
    const world = await begin();
    const left = `.git/objects/tmp_objdir-clauderon-${SESSION}`;
    world.mine.write(`${left}/objects/pack/pack-1.pack`, "half");
    world.mine.write(`${left}/git/FETCH_HEAD`, "half");
    await world.pull();
    expect(world.mine.run("count-objects", "-v")).toMatch(/garbage: 0/);
  });

  it("removes a pack whose index a killed fetch had not moved yet", async () => {
    const world = await begin();
    const left = `.git/objects/tmp_objdir-clauderon-${SESSION}/objects/pack`;
    for (const end of ["pack", "rev"]) world.mine.write(`.git/objects/pack/pack-${"1".repeat(40)}.${end}`, "half");
    world.mine.write(`${left}/pack-${"1".repeat(40)}.idx`, "index");
    expect(world.mine.run("count-objects", "-v")).toMatch(/^garbage: 2$/m);
    await sweepQuarantines(world.mine.git, ["another", SESSION]);
    expect(world.mine.run("count-objects", "-v")).toMatch(/^garbage: 0$/m);
    await world.pull();
    world.mine.run("fsck");
  });

  it("leaves nothing when it is cancelled", async () => {
    const world = await begin();
    world.commit("large.txt", randomBytes(6_000_000).toString("base64"));
    await world.capture();
    const facts = () => [world.mine.run("for-each-ref"), world.mine.run("count-objects", "-v")];
    const before = facts();
    const stop = new AbortController();
    const { PATH } = process.env;
    const git = Git.ofUser(world.mine.path, { PATH, HOME: "/nonexistent" }, stop.signal);
    const cancel = (step: string) => step === "Receiving objects" && stop.abort();
    await expect(fetchWork(git, { ...world.remote, progress: cancel })).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
    });
    expect(facts()).toEqual(before);
    expect(readdirSync(join(world.mine.path, ".git/objects")).filter((name) => name.startsWith("tmp_"))).toEqual([]);
  });
});
