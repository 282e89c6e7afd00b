import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { captureWork, createWorktree, isWorkSafe, rescueWork } from "@clauderon/git";
import { expect, it } from "vitest";
import { ScratchRepository } from "./scratchRepository.ts";
import { REFS, SESSION, SessionWorld } from "./sessionWorld.ts";

// In this file a name is a text of one character for each byte, "\xe9" is é in Latin-1, and no UTF-8.

const bytes = (text: string) => Buffer.from(text, "latin1");
const pathOf = (folder: string, name: string) => Buffer.concat([Buffer.from(`${folder}/`), bytes(name)]);

function write(folder: string, name: string, text: string): void {
  const path = pathOf(folder, name);
  if (name.includes("/")) mkdirSync(pathOf(folder, dirname(name)), { recursive: true });
  writeFileSync(path, text);
}

function raw(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "latin1" });
}

const ODD = [
  "new\nline",
  "tab\t",
  "-dash",
  "--all",
  ":(top)magic",
  "x".repeat(254) + "\xe9",
  "Case",
  "case",
  "d\xefr/\xff\xfe",
  'quote"\\',
  " lead",
  "trail ",
  "caf\xe9",
  "café (UTF-8 in two bytes)",
];

/** Tracked files of odd names that were changed, staged, renamed, deleted or made executable; untracked and ignored ones. */
function oddRepository(...init: readonly string[]): ScratchRepository {
  const repository = new ScratchRepository(...init);
  const { path } = repository;
  const states = ["kept", "changed", "staged", "gone", "gone-staged", "moved", "mode"];
  for (const state of states) for (const name of ODD.slice(7)) write(path, `${state}/${name}`, `${state} ${name}\n`);
  write(path, ".gitignore", "*.\xe9gnored\n");
  repository.commit("First");
  for (const name of ODD.slice(7)) {
    write(path, `staged/${name}`, "staged\n");
    renameSync(
      pathOf(path, `moved/${name}`),
      pathOf(path, name.includes("/") ? "moved/d\xefr/to" : `moved/to ${name}`),
    );
    rmSync(pathOf(path, `gone-staged/${name}`));
  }
  repository.run("add", "--all");
  for (const name of ODD.slice(7)) {
    write(path, `changed/${name}`, "changed\n");
    rmSync(pathOf(path, `gone/${name}`));
    chmodSync(pathOf(path, `mode/${name}`), 0o755);
  }
  for (const name of ODD) write(path, name, `untracked ${name}\n`);
  write(path, "x.\xe9gnored", "ignored\n");
  return repository;
}

/** Files by their raw names, with mode and content, and what git says of index and status. */
function stateOf(folder: string): Readonly<Record<string, unknown>> {
  const found = ["-name", ".git", "-prune", "-o", "-type", "f", "-printf", "%P\\0"];
  const files = execFileSync("find", [folder, ...found], { encoding: "latin1" })
    .split("\0")
    .filter((name) => name !== "" && !name.endsWith("gnored"))
    .toSorted()
    .map((name) => {
      const path = pathOf(folder, name);
      return [name, (lstatSync(path).mode & 0o100) !== 0, readFileSync(path, "latin1")];
    });
  return {
    files,
    index: raw(folder, "ls-files", "--stage", "-z"),
    tree: raw(folder, "write-tree"),
    status: raw(folder, "status", "--porcelain=v2", "-z", "--untracked-files=all"),
  };
}

/** What git has at a commit, raw. */
const treeOf = (repository: ScratchRepository, commit: string) => raw(repository.path, "ls-tree", "-r", "-z", commit);

/** What a raw commit has below its headers. */
const messageOf = (text: string) => text.slice(text.indexOf("\n\n"));

/** Puts HEAD on a branch whose name is not UTF-8. */
function takeLatinBranch({ path }: ScratchRepository): void {
  const tip = raw(path, "rev-parse", "HEAD");
  writeFileSync(pathOf(path, ".git/refs/heads/caf\xe9"), tip);
  writeFileSync(join(path, ".git/HEAD"), bytes("ref: refs/heads/caf\xe9\n"));
}

/** A commit on top of HEAD whose author and message are not UTF-8. */
function commitInLatin(repository: ScratchRepository): string {
  const lines = [
    `tree ${repository.tip("HEAD^{tree}")}`,
    `parent ${repository.tip("HEAD")}`,
    "author Andr\xe9 <a@example.invalid> 1700000000 +0100",
    "committer Andr\xe9 <a@example.invalid> 1700000000 +0100",
    "",
    "R\xe9sum\xe9\n",
  ];
  return repository.feed(bytes(lines.join("\n")), "hash-object", "-t", "commit", "-w", "--stdin");
}

it("names of any bytes are carried to a worktree: files, modes, index and status", async () => {
  const repository = oddRepository();
  takeLatinBranch(repository);
  const { commit } = await captureWork(repository.git, { ref: REFS.incoming });
  const path = join(repository.folder, "worktree");
  await createWorktree(repository.git, { path, branch: "clauderon/brave-otter", owner: "me" }, commit);
  expect(stateOf(path)).toEqual(stateOf(repository.path));
});

it("names of any bytes are sent to a repository elsewhere, changed there, fetched and restored", async () => {
  const mine = oddRepository();
  const world = await SessionWorld.begin(mine);
  const { theirs } = world;
  expect(stateOf(theirs.path)).toEqual(stateOf(mine.path));
  theirs.run("update-ref", "HEAD", commitInLatin(theirs));
  for (const name of ODD) write(theirs.path, `by agent/${name}`, "new\n");
  rmSync(pathOf(theirs.path, "kept/caf\xe9"));
  write(theirs.path, "staged/caf\xe9", "by the agent\n");
  const { work, head } = await world.pull();
  expect(mine.run("cat-file", "commit", head ?? "")).toBe(theirs.run("cat-file", "commit", "HEAD"));
  const path = join(mine.folder, "back");
  await createWorktree(mine.git, { path, branch: "back", owner: "me" }, work);
  expect(stateOf(path)).toEqual(stateOf(theirs.path));
});

it.each(["caf\xe9.txt", "new\nline", "-dash", "x".repeat(254) + "\xe9"])(
  "an untracked file %j is work that is rescued, by its raw name",
  async (name) => {
    const mine = new ScratchRepository();
    mine.write("a.txt", "a\n");
    mine.commit("First");
    const world = await SessionWorld.begin(mine);
    write(world.theirs.path, name, "nowhere else\n");
    const { work, head } = await world.pull();
    expect(await isWorkSafe(mine.git, { work, head })).toBe(false);
    const ref = await rescueWork(mine.git, { session: SESSION, work, head });
    expect(treeOf(mine, ref).split("\0")).toContainEqual(expect.stringContaining(`\t${name}`));
  },
);

it("work whose message is not UTF-8 is rescued byte by byte, with the session's own branch", async () => {
  const world = await SessionWorld.begin(oddRepository());
  const { mine, theirs } = world;
  theirs.run("update-ref", REFS.branch, commitInLatin(theirs));
  const own = theirs.tip(REFS.branch);
  takeLatinBranch(theirs);
  theirs.run("update-ref", "HEAD", theirs.run("commit-tree", "-p", `${own}^`, "-m", "aside", `${own}^{tree}`).trim());
  // Without the branch among the other tips, as a session in a worktree has it.
  await captureWork(theirs.git, { ref: "refs/clauderon/work" });
  const { work, head } = await world.fetch();
  const captured = raw(mine.path, "cat-file", "commit", work).replace(/^branch: .*$/m, "branch: caf\xe9");
  const latin = mine.feed(bytes(captured), "hash-object", "-t", "commit", "-w", "--stdin");
  const ref = await rescueWork(mine.git, { session: SESSION, work: latin, head });
  const rescued = raw(mine.path, "cat-file", "commit", ref);
  expect(messageOf(rescued)).toBe(messageOf(captured));
  expect(rescued.match(/^parent .*$/gm)).toContain(`parent ${own}`);
  expect(treeOf(mine, ref)).toBe(treeOf(theirs, "refs/clauderon/work"));
});
