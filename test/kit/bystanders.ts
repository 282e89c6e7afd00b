import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What is in every session's way and none of its business: no command of ours may change it. */
export interface Bystanders {
  /** Takes them as they are now: the test has changed them as their user would. */
  renew(): void;
  /** Throws when one of them is not as it was, or the repository is damaged. */
  check(): void;
}

/** How a worktree is named whose disk is not there. */
const ABSENT = "unmounted";

/** Everything of git's own that a user has put in: files that are compared byte by byte. */
const FILES = ["info/exclude", "hooks/kept", `worktrees/${ABSENT}`, "refs/kept", "logs/refs/kept"];

/**
 * Puts in a repository what only a careless git command would remove or rewrite: the worktree of a disk that is not mounted,
 * with a detached HEAD and a staged file of its own; a stash; a ref with a reflog; settings; a hook; an exclude file.
 */
export function plantBystanders(repository: string, environment: Readonly<Record<string, string>>): Bystanders {
  const git = gitOf(repository, environment);
  const absent = join(dirname(repository), ABSENT);
  git("worktree", "add", "--quiet", "--detach", absent);
  writeFileSync(join(absent, "staged"), "nowhere else\n");
  const inside = gitOf(absent, environment);
  inside("add", "staged");
  inside("commit", "--quiet", "--message", "On no branch");
  writeFileSync(join(absent, "staged"), "in this index alone\n");
  inside("add", "staged");
  rmSync(absent, { recursive: true });
  const stashed = git("commit-tree", "-p", "HEAD", "-m", "stashed", "HEAD^{tree}");
  git("stash", "store", "--message", "kept", stashed);
  git("update-ref", "--create-reflog", "refs/kept/one", stashed);
  git("config", "kept.value", "a=b\nc");
  writeFileSync(join(repository, ".git/hooks/kept"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(repository, ".git/info/exclude"), "*.kept\n");
  const facts = () => ({
    files: FILES.flatMap((name) => contentsOf(join(repository, ".git", name))),
    setting: git("config", "--local", "--get-all", "kept.value"),
    stash: git("log", "--walk-reflogs", "--format=%H %gs", "refs/stash").includes(`${stashed} kept`),
    worktree: git("worktree", "list", "--porcelain")
      .split("\n\n")
      .find((entry) => entry.includes(`/${ABSENT}\n`)),
  });
  let before = JSON.stringify(facts(), undefined, 1);
  return {
    renew: () => {
      before = JSON.stringify(facts(), undefined, 1);
    },
    check: () => {
      const after = JSON.stringify(facts(), undefined, 1);
      if (after !== before) throw new Error(`The user's repository was changed. Before: ${before}\nAfter: ${after}`);
      git("fsck", "--connectivity-only", "--no-dangling", "--no-progress");
    },
  };
}

/** Whether a line that names a worktree is about the planted one. */
export const isBystander = (line: string): boolean => /\/unmounted(\s|$)/.test(line);

/**
 * All that a repository holds of its user: refs with their reflogs, stashes, worktrees, settings, index, HEAD, and git's
 * other files, without what sessions may have: branches `clauderon/*` and refs below `refs/clauderon`.
 */
export function fingerprint(
  repository: string,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const git = gitOf(repository, environment);
  const lines = (...args: readonly string[]) => git(...args).split("\n");
  const refs = lines("for-each-ref", "--format=%(refname) %(objectname) %(symref)").filter((line) => !OURS.test(line));
  const folder = git("rev-parse", "--path-format=absolute", "--git-common-dir");
  return {
    head: git("rev-parse", "--symbolic-full-name", "HEAD"),
    refs,
    worktrees: lines("worktree", "list", "--porcelain"),
    settings: lines("config", "--local", "--list", "--null"),
    index: lines("ls-files", "--stage", "--debug"),
    status: lines("status", "--porcelain=v2", "--ignored"),
    files: contentsOf(folder).filter((line) => !OF_GIT.test(line)),
    fsck: lines("fsck", "--strict", "--no-dangling", "--no-progress"),
  };
}

const OURS = /^refs\/(heads\/)?clauderon\//;
/** Files below the git folder that hold objects, that a fetch of ours may write beside them, or that are compared above. */
const OF_GIT =
  /^\.git\/(objects\/|config |index |(logs\/)?refs\/(heads\/)?clauderon\/|refs\/(heads|tags)|packed-refs|logs\/refs\/heads\/clauderon)/;

/** Names, modes and hashes of a file, or of all below a folder; nothing when it is not there. */
function contentsOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const isFolder = statSync(path).isDirectory();
  const names = isFolder ? readdirSync(path, { recursive: true, encoding: "utf8" }).toSorted() : [""];
  return names.flatMap((name) => {
    const file = join(path, name);
    if (statSync(file).isDirectory()) return [];
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
    return [`${join(basename(path), name)} ${(statSync(file).mode & 0o777).toString(8)} ${hash}`];
  });
}

function gitOf(folder: string, environment: Readonly<Record<string, string>>): (...args: readonly string[]) => string {
  const identity = ["-c", "user.name=U", "-c", "user.email=u@example.invalid"];
  const env = { ...environment, GIT_OPTIONAL_LOCKS: "0" };
  return (...args) =>
    execFileSync("git", [...identity, ...args], {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
}
