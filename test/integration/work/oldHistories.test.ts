import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { addOldObjects, treeEntry } from "../../kit/repositories/oldObjects.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

let mine: GitAt;
let old: Readonly<Record<string, string>>;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "old histories, "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mine = gitAt(folder);
  mine.run("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(folder, "a.txt"), "a\n");
  mine.run("add", "a.txt");
  mine.run("commit", "--quiet", "--message", "First");
  old = addOldObjects(mine);
});

/** Commits an entry of the root folder that git itself would refuse to add. */
function commitEntry({ theirs }: SessionPlace, mode: string, name: string, content: string): void {
  const object = theirs.feed(content, "hash-object", "-w", "--stdin");
  const entry = treeEntry(mode, name, object);
  const tree = theirs.feed(entry, "hash-object", "-t", "tree", "--literally", "-w", "--stdin");
  theirs.run("update-ref", "HEAD", theirs.run("commit-tree", "-p", "HEAD", "-m", "Bad", tree));
}

describe.each(BACKENDS)("a history that git accepts and its strict check refuses, with backend %s", (backend) => {
  it("is sent, and the agent's commits on top of it come back", async () => {
    for (const [word, object] of Object.entries(old)) {
      expect(() => mine.run("fsck", "--strict", object), word).toThrow(word);
    }
    const place = await SessionPlace.begin({ backend, repository: mine.folder });
    const { theirs, checkout } = place;
    expect(theirs.run("rev-list", "HEAD")).toBe(mine.run("rev-list", "HEAD"));
    // A tree of the history in a new commit is sent once more.
    theirs.run("checkout", "--quiet", "HEAD^", "--", ".");
    writeFileSync(join(checkout, "agents.txt"), "x");
    theirs.run("add", "--all");
    theirs.run("commit", "--quiet", "--message", "The agent's");
    writeFileSync(join(checkout, "old/folder/old.txt"), "uncommitted\n");
    const { head, commit } = await place.pull();
    expect([head, mine.run("rev-parse", REFS.branch)]).toEqual(Array(2).fill(theirs.run("rev-parse", "HEAD")));
    expect(mine.run("show", `${commit}:old/folder/old.txt`)).toBe("uncommitted");
    expect(await place.end()).toBe(REFS.rescued);
    expect(mine.run("ls-tree", "-r", "-z", REFS.rescued)).toBe(mine.run("ls-tree", "-r", "-z", commit));
  });

  it("is extended by an agent with what git hosts accept", async () => {
    const place = await SessionPlace.begin({ backend, repository: mine.folder });
    const { theirs } = place;
    const { zeroPaddedFilemode = "" } = old;
    const entry = treeEntry("040000", "again", zeroPaddedFilemode);
    const tree = theirs.feed(entry, "hash-object", "-t", "tree", "--literally", "-w", "--stdin");
    const authors = ["author A <a@example.invalid> 1 +051800", "committer A <a@example.invalid>1 +0000"];
    const lines = [
      `tree ${tree}`,
      `parent ${mine.run("rev-parse", "HEAD")}`,
      ...authors,
      "",
      "New, by an old program\n",
    ];
    const head = theirs.feed(lines.join("\n"), "hash-object", "-t", "commit", "--literally", "-w", "--stdin");
    theirs.run("update-ref", "HEAD", head);
    expect(await place.pull()).toMatchObject({ head });
  });
});

describe("a session with a repository of its own, though its history is not sound,", () => {
  it.each([
    ["100644", ".gitmodules", '[submodule "x"]\npath = x\nurl = -u./payload\n', "gitmodulesUrl"],
    ["120000", ".gitmodules", "/etc/passwd", "gitmodulesSymlink"],
    ["100644", ".git", "gitdir: /elsewhere\n", "hasDotgit"],
  ])("cannot send a new %s entry %s", async (mode, name, content, word) => {
    const place = await SessionPlace.begin({ backend: "kubernetes", repository: mine.folder });
    commitEntry(place, mode, name, content);
    const before = mine.run("for-each-ref");
    await expect(place.pull()).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
      message: expect.stringMatching(new RegExp(`sent damaged git objects: .*${word}`)) as unknown,
    });
    expect(mine.run("for-each-ref")).toBe(before);
  });

  it("cannot make a file of an earlier commit the repository's .gitmodules", async () => {
    const place = await SessionPlace.begin({ backend: "kubernetes", repository: mine.folder });
    const { theirs, checkout } = place;
    const content = '[submodule "x"]\npath = x\nurl = -u./payload\n';
    writeFileSync(join(checkout, "harmless.txt"), content);
    theirs.run("add", "--all");
    theirs.run("commit", "--quiet", "--message", "Harmless");
    await place.pull();
    commitEntry(place, "100644", ".gitmodules", content);
    await expect(place.pull()).rejects.toMatchObject({ message: expect.stringContaining("gitmodulesUrl") as unknown });
  });

  it("brings back work on a .gitmodules that the user's own commits have", async () => {
    writeFileSync(join(mine.folder, ".gitmodules"), '[submodule "x"]\npath = x\nurl = -u./payload\n');
    mine.run("add", "--all");
    mine.run("commit", "--quiet", "--message", "Unsound, and the user's own");
    const place = await SessionPlace.begin({ backend: "kubernetes", repository: mine.folder });
    writeFileSync(join(place.checkout, "agents.txt"), "x");
    place.theirs.run("add", "--all");
    place.theirs.run("commit", "--quiet", "--message", "The agent's");
    expect(await place.pull()).toMatchObject({ head: place.theirs.run("rev-parse", "HEAD") });
  });
});
