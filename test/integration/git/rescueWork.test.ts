import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { forgetWork, isWorkSafe, rescueWork } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import { ScratchRepository } from "./scratchRepository.ts";
import { REFS, SESSION, SessionWorld } from "./sessionWorld.ts";

async function begin(): Promise<SessionWorld> {
  const repository = new ScratchRepository();
  repository.write("a.txt", "a\n");
  repository.commit("First");
  return await SessionWorld.begin(repository);
}

const ofSession = async (world: SessionWorld) => {
  const { work, head } = await world.pull();
  return { session: SESSION, work, head };
};

describe("isWorkSafe", () => {
  it("is true for a session that did nothing, and for commits on a branch that stays", async () => {
    const world = await begin();
    expect(await isWorkSafe(world.mine.git, await ofSession(world))).toBe(true);
    world.commit("b.txt");
    const work = await ofSession(world);
    expect(await isWorkSafe(world.mine.git, work)).toBe(true);
    expect(await isWorkSafe(world.mine.git, work, [REFS.branch])).toBe(false);
    world.mine.run("merge", "--quiet", REFS.branch);
    expect(await isWorkSafe(world.mine.git, work, [REFS.branch])).toBe(true);
  });

  it.each([
    ["changed", (world: SessionWorld) => world.theirs.write("a.txt", "changed\n")],
    ["untracked", (world: SessionWorld) => world.theirs.write("new.txt", "new\n")],
    [
      "staged and then undone",
      ({ theirs }: SessionWorld) => {
        theirs.write("a.txt", "staged\n");
        theirs.run("add", "a.txt");
        theirs.write("a.txt", "a\n");
      },
    ],
    [
      "on another branch",
      (world: SessionWorld) => {
        world.theirs.run("checkout", "--quiet", "-b", "other");
        world.commit("other.txt");
        world.theirs.run("checkout", "--quiet", `clauderon/${SESSION}`);
      },
    ],
    [
      "stashed",
      ({ theirs }: SessionWorld) => {
        theirs.write("a.txt", "stashed\n");
        theirs.run("stash", "--quiet");
      },
    ],
  ])("is false for work that is %s, until it is rescued", async (_, change) => {
    const world = await begin();
    change(world);
    const work = await ofSession(world);
    expect(await isWorkSafe(world.mine.git, work)).toBe(false);
    expect(await rescueWork(world.mine.git, work)).toBe(REFS.rescued);
    expect(await isWorkSafe(world.mine.git, work, [REFS.branch])).toBe(true);
  });
});

describe("rescueWork", () => {
  it("keeps what an earlier session of the same name has left, and can be repeated", async () => {
    const world = await begin();
    world.theirs.write("a.txt", "one\n");
    const first = await ofSession(world);
    expect(await rescueWork(world.mine.git, first)).toBe(REFS.rescued);
    expect(await rescueWork(world.mine.git, first)).toBe(REFS.rescued);
    world.theirs.write("a.txt", "two\n");
    expect(await rescueWork(world.mine.git, await ofSession(world))).toBe(`${REFS.rescued}-2`);
    expect(world.mine.run("show", `${REFS.rescued}:a.txt`)).toBe("one\n");
  });

  it("keeps the same state once, whenever it was captured", async () => {
    const world = await begin();
    world.theirs.write("a.txt", "one\n");
    const first = await ofSession(world);
    expect(await rescueWork(world.mine.git, first)).toBe(REFS.rescued);
    const text = world.mine.run("cat-file", "commit", first.work).replace(/^(committer .*> )\d+/m, "$11");
    const work = await world.mine.git.read(["hash-object", "-t", "commit", "-w", "--stdin"], { stdin: text });
    expect(work).not.toBe(first.work);
    expect(await rescueWork(world.mine.git, { ...first, work })).toBe(REFS.rescued);
  });

  it("keeps a branch that does not contain the state", async () => {
    const world = await begin();
    const head = world.commit("b.txt");
    world.theirs.run("checkout", "--quiet", "--detach", "HEAD^");
    world.theirs.write("a.txt", "changed\n");
    const { work } = await ofSession(world);
    const ref = await rescueWork(world.mine.git, { session: SESSION, work, head });
    expect(await isWorkSafe(world.mine.git, { work, head }, [REFS.branch])).toBe(true);
    expect(world.mine.run("fsck", "--strict", "--no-dangling")).toBe("");
    expect(world.mine.run("show", `${ref}:a.txt`)).toBe("changed\n");
  });
});

/** Places that a killed capture or fetch of a session leaves, below `.git`. */
const left = (name: string) => [
  `objects/tmp_objdir-clauderon_index-refs-clauderon-incoming-${name}-aB3xYz`,
  `objects/tmp_objdir-clauderon_index-refs-clauderon-sessions-${name}-work-aB3xYz`,
  `objects/tmp_objdir-clauderon-${name}`,
];

describe("forgetWork", () => {
  it("removes what killed captures and fetches of this session have left, and nothing of others", async () => {
    const world = await begin();
    const folders = [...left(SESSION), ...left(`${SESSION}-2`)].map((name) => join(world.mine.path, ".git", name));
    for (const folder of folders) mkdirSync(join(folder, "objects"), { recursive: true });
    await forgetWork(world.mine.git, SESSION);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, false, true, true, true]);
  });

  it("removes everything of the session, and can be repeated", async () => {
    const world = await begin();
    await ofSession(world);
    await forgetWork(world.mine.git, SESSION);
    await forgetWork(world.mine.git, SESSION);
    expect(world.mine.run("for-each-ref", "refs/clauderon")).toBe("");
  });
});
