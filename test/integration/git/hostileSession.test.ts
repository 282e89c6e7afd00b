import { existsSync } from "node:fs";
import { join } from "node:path";
import { captureWork, fetchWork, pushWork } from "@clauderon/git";
import { INCOMING_REF, WORK_REF } from "@clauderon/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { busyRepository } from "./busyRepository.ts";
import { REFS, SessionWorld } from "./sessionWorld.ts";

let world: SessionWorld;
let before: readonly string[];

/** What must not change: refs, objects, and no partial files. */
const facts = () => [world.mine.run("for-each-ref"), world.mine.run("count-objects", "-v"), world.mine.status()];

beforeEach(async () => {
  world = await SessionWorld.begin(busyRepository());
  await world.capture();
  before = facts();
});

/** Writes a tree however wrong it is. */
function tree(...entries: readonly (readonly [mode: string, name: string, object: string])[]): string {
  const bytes = entries.map(([mode, name, object]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(object, "hex")]);
  return world.theirs.feed(Buffer.concat(bytes.flat()), "hash-object", "-t", "tree", "-w", "--literally", "--stdin");
}

/** Puts a tree where the session's branch, or its captured state, is expected. */
function offer(found: string, ref = REFS.branch): void {
  const commit = world.theirs.run("commit-tree", "-m", "x", "-p", REFS.branch, found).trim();
  world.theirs.run("update-ref", ref, commit);
}

const blob = (text = "x") => world.theirs.feed(text, "hash-object", "-w", "--stdin");

describe("fetchWork refuses a session that", () => {
  it.each([
    [".git", "hasDotgit"],
    [".GIT", "hasDotgit"],
    ["git~1", "hasDotgit"],
    [".g\u200cit", "hasDotgit"],
    ["..", "hasDotdot"],
    [".", "hasDot"],
    ["a/b", "fullPathname"],
  ])("has a path like %j", async (name, word) => {
    const inner = tree(["100644", "config", blob("[core]\n")]);
    offer(tree(["40000", name, inner]));
    await expect(world.fetch()).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
      message: expect.stringMatching(new RegExp(`sent damaged git objects: .*${word}`)),
    });
    expect(facts()).toEqual(before);
  });

  it("has a link and a folder of the same name", async () => {
    const inner = tree(["100644", "authorized_keys", blob()]);
    offer(tree(["120000", "a", blob("/root/.ssh")], ["40000", "a", inner]));
    await expect(world.fetch()).rejects.toMatchObject({ message: expect.stringContaining("damaged git objects") });
    expect(facts()).toEqual(before);
  });

  it("has a link in place of .gitmodules, or one that names a command", async () => {
    offer(tree(["120000", ".gitmodules", blob("/etc/passwd")]));
    await expect(world.fetch()).rejects.toMatchObject({ message: expect.stringContaining("damaged git objects") });
    offer(tree(["100644", ".gitmodules", blob('[submodule "x"]\npath = x\nurl = -u./payload\n')]));
    await expect(world.fetch()).rejects.toMatchObject({ message: expect.stringContaining("damaged git objects") });
    expect(facts()).toEqual(before);
  });

  it("describes its work falsely", async () => {
    const other = world.mine.tip("HEAD^");
    const head = world.theirs.tip("HEAD");
    const message = `clauderon work 1\n\nhead: ${other}\nindex: ${other}\n`;
    const forged = world.theirs.run("commit-tree", "-m", message, "-p", head, "-p", head, `${head}^{tree}`).trim();
    for (const commit of [head, forged]) {
      world.theirs.run("update-ref", WORK_REF, `${commit}${commit === head ? "^" : ""}`);
      await expect(world.fetch()).rejects.toMatchObject({ message: expect.stringMatching(/an invalid work commit$/) });
    }
    expect(facts()).toEqual(before);
  });

  it("sends more than the limit, or a file that grows beyond it", async () => {
    offer(tree(["100644", "zeros", blob("\0".repeat(5_000_000))]));
    await expect(world.fetch({ maxBytes: 1_000_000 })).rejects.toMatchObject({
      message: expect.stringContaining("has a file of more than 1000000 bytes"),
    });
    await expect(world.fetch({ maxBytes: 600 })).rejects.toMatchObject({
      message: expect.stringContaining("More than 600 bytes come from"),
    });
    expect(facts()).toEqual(before);
  });

  it("sends too many objects", async () => {
    offer(tree(...Array.from({ length: 40 }, (_, index) => ["100644", `f${10 + index}`, blob(`${index}`)] as const)));
    await expect(world.fetch({ maxObjects: 20 })).rejects.toMatchObject({
      message: expect.stringContaining("more files than a disk"),
    });
    expect(facts()).toEqual(before);
    await world.fetch({ maxObjects: 200 });
  });

  it("has endlessly many files in a few objects", async () => {
    let bomb = blob();
    for (let depth = 0; depth < 7; depth += 1) {
      const mode = depth === 0 ? "100644" : "40000";
      bomb = tree(...Array.from({ length: 10 }, (_, index) => [mode, `f${index}`, bomb] as const));
    }
    offer(bomb);
    await expect(world.fetch()).rejects.toMatchObject({ message: expect.stringContaining("more files than a disk") });
    expect(facts()).toEqual(before);
  });
});

describe("fetchWork", () => {
  it("fetches only the two refs, although others and tags are offered", async () => {
    world.theirs.run("tag", "-m", "Annotated", "v1");
    world.theirs.run("update-ref", "refs/heads/main", "HEAD");
    world.theirs.run("update-ref", "refs/clauderon/sessions/another/work", "HEAD");
    world.commit("a.txt");
    world.theirs.run("tag", "-m", "On the branch", "v2");
    await world.pull();
    expect(world.mine.run("tag")).toBe("");
    expect(world.mine.run("for-each-ref", "refs/clauderon/sessions/another", "refs/heads/other")).toBe("");
  });

  it("runs no hook and uses no other protocol, whatever the repository's configuration says", async () => {
    const trap = `#!/bin/sh\ntouch ${world.mine.folder}/sprung\n`;
    for (const hook of ["reference-transaction", "post-merge", "post-checkout", "pre-auto-gc"]) {
      world.mine.write(`.git/hooks/${hook}`, trap, 0o755);
    }
    world.mine.run("config", "url.ext::touch sprung .insteadOf", "clauderon::");
    world.mine.run("config", "protocol.ext.allow", "always");
    world.commit("a.txt");
    await world.pull();
    // A rule for this very session comes before ours, and still runs nothing.
    world.mine.run("config", "url.ext::touch sprung .insteadOf", world.url);
    await expect(world.pull()).rejects.toMatchObject({
      message: expect.stringContaining("transport 'ext' not allowed"),
    });
    expect(existsSync(join(world.mine.folder, "sprung"))).toBe(false);
  });

  it("uses no other protocol, whatever GIT_ALLOW_PROTOCOL of the user says, and its own in any case", async () => {
    const { mine } = world;
    world.commit("a.txt");
    await world.capture();
    mine.run("config", "url.ext::touch sprung .insteadOf", world.url);
    const widened = mine.gitWith({ GIT_ALLOW_PROTOCOL: "ext:clauderon" });
    await expect(fetchWork(widened, world.remote)).rejects.toMatchObject({
      message: expect.stringContaining("transport 'ext' not allowed"),
    });
    expect(existsSync(join(mine.path, "sprung"))).toBe(false);
    mine.run("config", "--unset", "url.ext::touch sprung .insteadOf");
    const narrowed = mine.gitWith({ GIT_ALLOW_PROTOCOL: "https" });
    expect(await fetchWork(narrowed, world.remote)).toMatchObject({ changed: true });
    const { commit } = await captureWork(narrowed, { ref: REFS.incoming });
    await pushWork(narrowed, world.remote, { commit, ref: INCOMING_REF });
    expect(world.theirs.tip(INCOMING_REF)).toBe(commit);
  });
});
