import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

const FILE = ["-c", "protocol.file.allow=always"];

let folder: string;
let mine: GitAt;
/** The user's submodule, one in it, and one that was never checked out. */
let module: GitAt;
let deep: GitAt;

function repository(name: string): GitAt {
  mkdirSync(join(folder, name));
  const git = gitAt(join(folder, name));
  git.run("init", "--quiet", "--initial-branch=main");
  return git;
}

function commitFile(git: GitAt, name: string, text = `${name}\n`): string {
  writeFileSync(join(git.folder, name), text);
  git.run("add", name);
  git.run("commit", "--quiet", "--message", `Add ${name}`);
  return git.run("rev-parse", "HEAD");
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sub modules, "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [inner, host, other] = ["inner", "host", "other"].map(repository) as [GitAt, GitAt, GitAt];
  for (const git of [inner, host, other]) commitFile(git, "first");
  host.run(...FILE, "submodule", "--quiet", "add", inner.folder, "deep");
  host.run("commit", "--quiet", "--message", "With one of its own");
  mine = repository("mine");
  commitFile(mine, "a.txt");
  mine.run(...FILE, "submodule", "--quiet", "add", host.folder, "libs/mod ule");
  mine.run(...FILE, "submodule", "--quiet", "add", other.folder, "absent");
  mine.run("config", "--file", ".gitmodules", "submodule.absent.url", "https://git.example.com/absent.git");
  mine.run("add", ".gitmodules");
  mine.run("commit", "--quiet", "--message", "With submodules");
  mine.run("submodule", "--quiet", "deinit", "absent");
  module = gitAt(join(mine.folder, "libs/mod ule"));
  module.run(...FILE, "submodule", "--quiet", "update", "--init");
  deep = gitAt(join(module.folder, "deep"));
  // What no host has.
  commitFile(module, "mine.txt");
  writeFileSync(join(module.folder, "first"), "changed\n");
  writeFileSync(join(module.folder, "staged"), "staged\n");
  module.run("add", "staged");
  writeFileSync(join(deep.folder, "untracked"), "untracked\n");
  for (const name of ["inner", "host", "other"]) rmSync(join(folder, name), { recursive: true });
});

/** Refs but for those of sessions, HEAD and status of a repository. */
const stateOf = (git: GitAt) => [
  git.run("for-each-ref").replaceAll(/^.*\trefs\/heads\/clauderon\/.*\n/gm, ""),
  git.run("rev-parse", "HEAD"),
  git.run("status", "--porcelain=v2", "--branch"),
];

/** What git says of a checkout: what is staged and what is not, and where HEAD is. */
const viewOf = (git: GitAt) => [
  git.run("rev-parse", "HEAD"),
  git.run("status", "--porcelain", "--untracked-files=all"),
  git.run("rev-parse", "--abbrev-ref", "HEAD"),
];

const begin = (backend: (typeof BACKENDS)[number]) =>
  SessionPlace.begin({ backend, repository: mine.folder, submodules: true });

describe.each(BACKENDS)("[sync] submodules, with backend %s", (backend) => {
  it("brings their content from the user's checkout, with what is uncommitted and one within another", async () => {
    const before = [mine, module, deep].map((git) => stateOf(git));
    const place = await begin(backend);
    const [theirs, theirDeep] = ["libs/mod ule", "libs/mod ule/deep"].map((path) => gitAt(join(place.checkout, path)));
    expect(viewOf(theirs as GitAt)).toEqual(viewOf(module));
    expect(viewOf(theirDeep as GitAt)).toEqual(viewOf(deep));
    expect(readFileSync(join(place.checkout, "libs/mod ule/first"), "utf8")).toBe("changed\n");
    expect(existsSync(join(place.checkout, "absent/first"))).toBe(false);
    expect(place.notices).toEqual(['The content of submodule "absent" is not copied: it is not checked out']);
    expect(place.theirs.run("status", "--porcelain")).toBe(mine.run("status", "--porcelain"));
    expect([mine, module, deep].map((git) => stateOf(git)).slice(1)).toEqual(before.slice(1));
    expect(await place.end()).toBeUndefined();
    expect([mine, module, deep].map((git) => stateOf(git))).toEqual(before);
  });

  it("keeps what the agent does in them, at each pull and for good at the end", async () => {
    const place = await begin(backend);
    const theirs = gitAt(join(place.checkout, "libs/mod ule"));
    const commit = commitFile(theirs, "theirs.txt");
    writeFileSync(join(place.checkout, "libs/mod ule/deep/untracked"), "changed\n");
    place.theirs.run("add", "libs/mod ule");
    place.theirs.run("commit", "--quiet", "--message", "Newer submodule");
    await place.pull();
    expect(mine.run("rev-parse", `${REFS.branch}:libs/mod ule`)).toBe(commit);
    expect(mine.run("show", `${commit}:theirs.txt`)).toBe("theirs.txt");
    expect(await place.end()).toBe(REFS.rescued);
    mine.run("merge-base", "--is-ancestor", commit, REFS.rescued);
    const [, kept = ""] =
      /^other: ([0-9a-f]+) libs\/mod ule$/m.exec(mine.run("log", "-1", "--format=%B", REFS.rescued)) ?? [];
    const [, inner = ""] = /^other: ([0-9a-f]+) deep$/m.exec(mine.run("log", "-1", "--format=%B", kept)) ?? [];
    expect(mine.run("show", `${inner}:untracked`)).toBe("changed");
    module.run("-c", "protocol.file.allow=always", "fetch", "--quiet", mine.folder, commit);
  });

  it("rescues nothing for submodules that are as the user has them when all else is merged", async () => {
    mine.run("commit", "--quiet", "--all", "--message", "Newer submodule");
    const place = await begin(backend);
    commitFile(place.theirs, "new.txt");
    await place.pull();
    mine.run("-c", "submodule.recurse=false", "merge", "--quiet", "--ff-only", REFS.branch);
    expect(mine.run("log", "-1", "--format=%s")).toBe("Add new.txt");
    expect(await place.end()).toBeUndefined();
  });

  it("has their content again in a new place, as the agent left it where it was fetched", async () => {
    const place = await begin(backend);
    commitFile(place.theirs, "new.txt");
    commitFile(gitAt(join(place.checkout, "libs/mod ule")), "theirs.txt");
    await place.pull();
    await place.lose();
    await place.recreate();
    const again = (name: string) => readFileSync(join(place.checkout, "libs/mod ule", name), "utf8");
    expect(["theirs.txt", "mine.txt", "first", "deep/untracked"].map(again)).toEqual([
      "theirs.txt\n",
      "mine.txt\n",
      "changed\n",
      "untracked\n",
    ]);
    expect(readFileSync(join(place.checkout, "new.txt"), "utf8")).toBe("new.txt\n");
  });
});
