import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { hostileHome } from "../../kit/repositories/hostileConfig.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

const run = promisify(execFile);

/** The user's own commands obey these, and must. */
const RULES_OF_THE_USER =
  /^(url|protocol|merge|commit\.gpgSign|core\.(hooksPath|alternateRefsCommand|fsmonitor|bare|worktree)|fetch|transfer|safe)\b/i;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A checkout with a submodule, line endings, two names that differ in case, and each state of a file. */
function repositoryIn(folder: string): GitAt {
  const library = join(folder, "library");
  const path = join(folder, "repo");
  const root = gitAt(folder);
  for (const one of [library, path]) root.run("init", "--quiet", "--initial-branch=main", one);
  gitAt(library).run("commit", "--quiet", "--allow-empty", "--message", "Library");
  const git = gitAt(path);
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  for (const name of ["kept", "changed", "staged", "gone", "moved"]) write(`${name}.txt`, `${name}\n`.repeat(9));
  write("dos.txt", "one\r\ntwo\n");
  git.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "module");
  git.run("config", "--file", ".gitmodules", "submodule.module.url", "../library");
  git.run("add", "--all");
  git.run("commit", "--quiet", "--message", "Prüfung: first");
  git.run("tag", "-a", "-m", "A tag", "clauderon/brave-otter");
  write("staged.txt", "staged\n");
  renameSync(join(path, "moved.txt"), join(path, "to.txt"));
  git.run("add", "staged.txt", "moved.txt", "to.txt");
  write("changed.txt", "changed\n");
  write("KEPT.txt", "untracked, and no other name of kept.txt\n");
  write("new.txt", "mixed\r\nendings\n");
  write("-é", "odd\n");
  symlinkSync("kept.txt", join(path, "link"));
  rmSync(join(path, "gone.txt"));
  return git;
}

/** Trees of captured work: of the files and of its parents, which are HEAD, submodules and the index. */
const treesOf = (git: GitAt, commit: string) =>
  [commit, ...git.run("rev-parse", `${commit}^@`).split("\n")].map((one) => git.run("rev-parse", `${one}^{tree}`));

/** Runs a session from create to delete, and returns what each step made of the work. */
async function lifecycle(backend: (typeof BACKENDS)[number], home: string, homeOfUser: string) {
  const folder = scratch();
  const mine = repositoryIn(folder);
  const untouched = () => [
    mine.run("config", "--local", "--list"),
    mine.run("for-each-ref", "refs/heads/main", "refs/tags", "refs/bundles"),
    mine.run("status", "--porcelain"),
    existsSync(join(mine.folder, ".git/objects/info/commit-graphs")),
  ];
  const before = untouched();
  const facts: Record<string, unknown> = {};
  const place = await SessionPlace.begin({ backend, repository: mine.folder, home, submodules: true });
  const { theirs, checkout } = place;
  facts["sent"] = treesOf(mine, REFS.incoming);
  facts["begun"] = [
    theirs.run("write-tree"),
    theirs.run("status", "--porcelain", "--ignore-submodules"),
    readFileSync(join(checkout, "new.txt"), "latin1"),
  ];
  theirs.run("commit", "--quiet", "--message", "Übung of the agent");
  writeFileSync(join(checkout, "STAGED.txt"), "of the agent\n");
  writeFileSync(join(checkout, "kept.txt"), "of the agent\n");
  const pulled = await place.pull();
  const message = mine.run("cat-file", "commit", pulled.commit).split("\n\n")[1] ?? "";
  facts["pulled"] = [
    treesOf(mine, pulled.commit),
    pulled.tree,
    pulled.uncommitted,
    pulled.commits,
    mine.run("rev-parse", `${REFS.branch}^{tree}`),
    message.replaceAll(/[0-9a-f]{40}/g, ""),
  ];
  const user = { env: { ...place.userEnvironment, HOME: homeOfUser }, cwd: mine.folder };
  if (backend === "kubernetes") {
    await run("git", ["fetch", "--quiet", "clauderon::brave-otter"], user);
    facts["fetched"] = mine.run("rev-parse", "FETCH_HEAD^{tree}");
  }
  theirs.run("stash", "--quiet", "--include-untracked");
  mine.run("reset", "--quiet", "--hard");
  mine.run("clean", "--quiet", "-fd");
  await run("git", ["merge", "--quiet", "refs/heads/clauderon/brave-otter"], user);
  facts["merged"] = mine.run("rev-parse", "HEAD^{tree}");
  mine.run("commit", "--quiet", "--allow-empty", "--message", "The user's");
  const { forwarded, notices } = await place.push();
  facts["forwarded"] = [forwarded, notices, theirs.run("rev-parse", "HEAD") === mine.run("rev-parse", "HEAD")];
  theirs.run("stash", "pop", "--quiet");
  const rescued = await place.end();
  facts["rescued"] = [rescued, treesOf(mine, rescued ?? "")[0]];
  mine.run("reset", "--quiet", "--hard", "HEAD~2");
  expect(before.slice(0, 2)).toEqual(untouched().slice(0, 2));
  expect(mine.run("fsck", "--no-dangling")).toBe("");
  return facts;
}

describe.each(BACKENDS)("with backend %s", (backend) => {
  it("the whole life of a session is the same with a configuration that sets every key against it", async () => {
    const plain = await lifecycle(backend, "/nonexistent", "/nonexistent");
    const hostile = hostileHome(scratch());
    const users = hostileHome(scratch(), RULES_OF_THE_USER);
    expect(await lifecycle(backend, hostile.home, users.home)).toEqual(plain);
    expect(existsSync(hostile.sprung) ? readFileSync(hostile.sprung, "utf8") : "").toBe("");
  });
});
