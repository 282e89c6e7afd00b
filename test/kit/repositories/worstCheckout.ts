import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { gitAt, type GitAt } from "./gitAt.ts";
import { ODD_NAMES, pathOf, writeRaw } from "./oddNames.ts";
import { addOldObjects } from "./oldObjects.ts";

export interface WorstOptions {
  /** Arguments of `git init`. */
  readonly init?: readonly string[];
  /** Hides a folder, in which there is uncommitted work. */
  readonly isSparse?: boolean;
}

/** What a submodule and its library are made from, beside the checkout. */
const LIBRARY = "library";

/**
 * A checkout in every state that git knows at once: names of any bytes, tracked and not, changed, staged, renamed, deleted and
 * made executable; links; a filter as LFS has it; a submodule; a file that is only intended; a merge that is not committed yet;
 * objects of old programs; a stash, a tag, a branch and a ref of the user's own. Ignored files and repositories inside.
 */
export function worstCheckout(path: string, { init = [], isSparse = false }: WorstOptions = {}): GitAt {
  const library = join(dirname(path), LIBRARY);
  for (const folder of [path, library]) {
    mkdirSync(folder, { recursive: true });
    gitAt(folder).run("init", "--quiet", "--initial-branch=main", ...init);
  }
  gitAt(library).run("commit", "--quiet", "--allow-empty", "--message", "Library");
  const git = gitAt(path);
  commitFiles(git);
  if (init.length === 0) addOldObjects(git);
  ownRefs(git);
  mergeWithoutCommit(git);
  changeFiles(git);
  if (isSparse) hideFolder(git);
  return git;
}

function commitFiles(git: GitAt): void {
  const { folder } = git;
  for (const state of ["kept", "changed", "staged", "gone", "gone-staged", "moved", "mode"])
    for (const name of ODD_NAMES) writeRaw(folder, `${state}/${name}`, `${state} ${name}\n`.repeat(5));
  for (const name of ["both", "link", "turned", "hidden/one", "hidden/two"]) writeRaw(folder, name, `${name}\n`);
  writeRaw(folder, "tool", "#!/bin/sh\n");
  chmodSync(join(folder, "tool"), 0o755);
  writeRaw(folder, ".gitignore", "*.log\nignored/\n*.\xe9gnored\n");
  writeRaw(folder, ".gitattributes", "*.big filter=pointer\n");
  // Beside the name, git keeps how many characters there are.
  git.run("config", "filter.pointer.clean", "wc -c | tr -d ' '");
  git.run("config", "filter.pointer.smudge", "tr -d '\\n' | xargs -I{} head -c {} /dev/zero | tr '\\0' x");
  writeRaw(folder, "film.big", "x".repeat(1_000));
  git.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", `../${LIBRARY}`, "module");
  git.run("add", "--all");
  git.run("commit", "--quiet", "--message", "Erste \xc3\x84nderung");
}

function ownRefs(git: GitAt): void {
  const tip = (message: string) => git.run("commit-tree", "-p", "HEAD", "-m", message, "HEAD^{tree}");
  git.run("stash", "store", "--message", "kept", tip("Stashed"));
  git.run("tag", "-a", "-m", "A tag", "v1", tip("Tagged"));
  git.run("branch", "--no-track", "side", tip("On a branch"));
  git.run("update-ref", "refs/own/one", tip("On a ref"));
}

/** A merge that waits for its commit; conflicts are another matter, which no session can begin with. */
function mergeWithoutCommit(git: GitAt): void {
  git.run("merge", "--quiet", "--no-commit", "--no-ff", "side");
}

function changeFiles(git: GitAt): void {
  const { folder } = git;
  for (const name of ODD_NAMES) {
    writeRaw(folder, `staged/${name}`, "staged\n");
    renameSync(pathOf(folder, `moved/${name}`), pathOf(folder, `moved/to ${name.slice(0, 200)}`));
    rmSync(pathOf(folder, `gone-staged/${name}`));
  }
  writeRaw(folder, "both", "staged\n");
  git.run("add", "--all");
  for (const name of ODD_NAMES) {
    writeRaw(folder, `changed/${name}`, "changed\n");
    rmSync(pathOf(folder, `gone/${name}`));
    chmodSync(pathOf(folder, `mode/${name}`), 0o755);
    writeRaw(folder, `untracked/${name}`, `untracked ${name}\n`);
  }
  writeRaw(folder, "both", "and then changed\n");
  writeRaw(folder, "hidden/one", "changed, then hidden\n");
  writeRaw(folder, "hidden/new", "untracked, then hidden\n");
  for (const name of ["link", "turned"]) rmSync(join(folder, name));
  symlinkSync("both", join(folder, "turned"));
  symlinkSync(pathOf("/nowhere", "caf\xe9").toString("latin1"), pathOf(folder, "link caf\xe9"));
  writeRaw(folder, "link/inside", "a folder now\n");
  writeRaw(folder, "second.big", "x".repeat(2_000));
  writeRaw(folder, "intended", "intended\n");
  git.run("add", "--intent-to-add", "intended");
  writeRaw(folder, "x.\xe9gnored", "stays behind\n");
  writeRaw(folder, "build.log", "stays behind\n");
  writeRaw(folder, "ignored/file", "stays behind\n");
}

function hideFolder(git: GitAt): void {
  git.run("sparse-checkout", "init", "--no-cone");
  git.feed("/*\n!/hidden/\n", "sparse-checkout", "set", "--no-cone", "--stdin");
}

/** Where worktrees and repositories of the agent are, which no checkout shows. */
const OWN_PLACES = /^(. )?(inner|tree|ignored)\//;

/** All that git and the file system know of a checkout, by raw names: modes, links, index and status. */
export function stateOf(git: GitAt): Readonly<Record<string, unknown>> {
  const status = git.run("status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=all");
  const shown = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate");
  return {
    names: shown.split("\0").filter((name) => !OWN_PLACES.test(name)),
    status: status.split("\0").filter((line) => !OWN_PLACES.test(line)),
    index: git.run("ls-files", "--stage", "-z").split("\0"),
    tree: git.run("write-tree"),
  };
}

/**
 * A script of bash for the agent, in its checkout: it does to the odd names what an agent can do, commits, and leaves work
 * in each place that is not the session's branch. Prints lines of a word and a commit that must not be lost.
 */
export const AGENT_WORK = String.raw`set -e
export GIT_AUTHOR_NAME=Agent GIT_AUTHOR_EMAIL=a@example.invalid GIT_COMMITTER_NAME=Agent GIT_COMMITTER_EMAIL=a@example.invalid
export GIT_DEFAULT_HASH=$(git rev-parse --show-object-format)
say() { echo "$1 $(git -C "$2" rev-parse "$3")"; }
cafe=$'caf\351'
git commit -q -m $'R\351sum\351'
say head . HEAD
rm -- "kept/$cafe" $'staged/new\nline'; echo agent > "staged/$cafe"; chmod +x -- kept/-dash
mkdir -p "agent/d$cafe"; echo agent > "agent/d$cafe/"$'\377\376'; echo staged > agent/staged; git add -A agent; echo more >> agent/staged
echo new > $'agent/new\nline'; echo new > agent/-rf; ln -s "$cafe" "agent/l$cafe"
git tag -m tag agent-tag "$(git commit-tree -p HEAD -m tagged 'HEAD^{tree}')"; say tag . 'agent-tag^{commit}'
git update-ref refs/agent/one "$(git commit-tree -p HEAD -m ref 'HEAD^{tree}')"; say ref . refs/agent/one
git branch -q agent-side "$(git commit-tree -p HEAD -m side 'HEAD^{tree}')"; say branch . agent-side
git stash store -m agent "$(git commit-tree -p HEAD -m stashed 'HEAD^{tree}')"; say stash . refs/stash
for place in inner ignored/deep; do
  git init -q "$place"; echo "$place" > "$place/file"; git -C "$place" add file; git -C "$place" commit -qm "In $place"; say "$place" "$place" HEAD
done
rm -rf module; git init -q module; git -C module commit -q --allow-empty -m "In the submodule"; say module module HEAD
git worktree add -q --detach tree; git -C tree commit -q --allow-empty -m "In a worktree"; say tree tree HEAD`;
