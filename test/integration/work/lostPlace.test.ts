import { rmSync } from "node:fs";
import { restoreWork } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { GitSessionWork } from "../../../packages/daemon/src/work/gitSessionWork.ts";
import { chance, SEED } from "../../kit/chance.ts";
import { busyRepository } from "../git/busyRepository.ts";
import { REFS, SESSION, SessionWorld } from "../git/sessionWorld.ts";

const { signal } = new AbortController();
const quiet = () => undefined;

/** A session with a repository of its own, such as a pod's, which can be lost and made again. */
async function elsewhere() {
  const mine = busyRepository();
  const world = await SessionWorld.begin(mine);
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
  let session: SessionRecord = {
    name: SESSION,
    uid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    createdTime: "2026-01-01T00:00:00Z",
    commit: mine.tip(REFS.incoming),
    spec: {
      backend: "kubernetes",
      agent: "claude-code",
      repository: mine.path,
      branch: `clauderon/${SESSION}`,
      baseCommit: mine.tip("HEAD"),
      worktree: true,
      sandbox: false,
      permissionMode: "default",
      accessMode: "ReadWrite",
    },
  };
  const { theirs } = world;
  /** What a runner does with the work of a record on an empty volume. */
  const make = async (commit: string) => {
    rmSync(theirs.path, { recursive: true });
    theirs.init();
    await work.send({ ...session, commit }, signal, quiet);
    theirs.run("symbolic-ref", "HEAD", REFS.branch);
    theirs.run("update-ref", REFS.branch, `${commit}^1`);
    await restoreWork(theirs.git, commit);
  };
  return {
    mine,
    world,
    work,
    make,
    get session() {
      return session;
    },
    async pull() {
      await world.capture();
      return await work.pull(session, signal);
    },
    async recreate() {
      const continued = await work.continue(session, signal);
      session = { ...session, commit: continued.commit };
      await make(session.commit);
      return continued;
    },
  };
}

describe("a session whose volume is lost", () => {
  it("continues from the commits and the uncommitted work that were fetched", async () => {
    const place = await elsewhere();
    const { mine, world } = place;
    const head = world.commit("From the pod");
    world.theirs.write("untracked", "x");
    const { commit } = await place.pull();
    const state = world.theirs.status();
    const { rescuedRef } = await place.recreate();
    expect([world.theirs.tip("HEAD"), world.theirs.status()]).toEqual([head, state]);
    expect(rescuedRef).toBe(REFS.rescued);
    expect(mine.tip(REFS.rescued)).toBe(commit);
    const next = world.commit("After the loss");
    await place.pull();
    expect([mine.tip(REFS.branch), mine.tip(`${REFS.branch}^`)]).toEqual([next, head]);
    expect(await place.work.rescue(place.session, signal)).toBeDefined();
  });

  it("begins as at first, and rescues nothing, when it had done nothing", async () => {
    const place = await elsewhere();
    await place.pull();
    const { commit } = place.session;
    expect(await place.recreate()).toMatchObject({ rescuedRef: undefined });
    expect(place.world.theirs.tip("HEAD")).toBe(place.mine.tip(`${commit}^1`));
    await place.world.capture();
    expect(await place.work.rescue(place.session, signal)).toBeUndefined();
  });

  it("has what was fetched kept even if it began again as at first, by a daemon that did not know better", async () => {
    const place = await elsewhere();
    const { mine, world } = place;
    const begun = place.session.commit;
    const head = world.commit("From the pod");
    const { commit } = await place.pull();
    await place.make(begun);
    const pulled = await place.pull();
    expect(pulled.notices).toContainEqual(expect.stringContaining(`is kept as ${REFS.rescued}`));
    expect([mine.tip(REFS.rescued), mine.tip(`${REFS.rescued}^1`)]).toEqual([commit, head]);
    await place.make(begun);
    await place.pull();
    expect(mine.run("for-each-ref", "--format=%(refname)", "refs/clauderon/rescued").trim()).toBe(REFS.rescued);
  });

  it("has uncommitted work kept in the same way", async () => {
    const place = await elsewhere();
    place.world.theirs.write("untracked", "x");
    const { commit } = await place.pull();
    await place.make(place.session.commit);
    await place.pull();
    expect(place.mine.tip(REFS.rescued)).toBe(commit);
  });

  it("keeps a rewritten history in reflogs, and makes no ref of it", async () => {
    const place = await elsewhere();
    const { mine, world } = place;
    world.commit("One");
    const { commit, head } = await place.pull();
    world.theirs.run("commit", "--quiet", "--amend", "--message", "Better");
    await place.pull();
    expect(mine.run("for-each-ref", "refs/clauderon/rescued")).toBe("");
    for (const [ref, was] of [
      [REFS.work, commit],
      [REFS.fetched, head],
      [REFS.branch, head],
    ] as const)
      expect(mine.tip(`${ref}@{1}`)).toBe(was);
  });

  it(`loses no commit that was ever fetched, whatever happens (seed ${SEED})`, async () => {
    const random = chance(SEED);
    const place = await elsewhere();
    const { mine, world } = place;
    const { theirs } = world;
    const begun = place.session.commit;
    let count = 0;
    const deeds: readonly (() => unknown)[] = [
      () => world.commit(`file ${(count += 1)}`),
      () => theirs.write(`untracked ${(count += 1)}`, "x"),
      () => theirs.run("commit", "--quiet", "--allow-empty", "--amend", "--message", `Amended ${(count += 1)}`),
      () => theirs.run("reset", "--quiet", "--hard", "HEAD"),
      () => theirs.run("reset", "--quiet", theirs.tip(`${REFS.branch}~1`)),
      () => theirs.run("checkout", "--quiet", "--detach"),
      () => theirs.run("checkout", "--quiet", "-B", `clauderon/${SESSION}`),
      () => place.recreate(),
      () => place.make(begun),
    ];
    const fetched = new Set<string>();
    for (let step = 0; step < 25; step += 1) {
      // One that cannot be done now, such as a reset to before the first commit, is left out.
      try {
        await deeds[Math.floor(random() * deeds.length)]?.();
      } catch (thrown) {
        if (!/Command failed/.test(String(thrown))) throw thrown;
      }
      if (random() < 0.7) {
        const { commit, head } = await place.pull();
        fetched.add(commit).add(head);
      }
    }
    mine.run("gc", "--quiet", "--prune=now");
    for (const commit of fetched) expect(mine.run("cat-file", "-t", commit).trim()).toBe("commit");
  }, 120_000);
});
