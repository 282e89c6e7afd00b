import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { gitAt } from "../../kit/repositories/gitAt.ts";
import { ScratchRepository } from "../git/scratchRepository.ts";
import { BACKENDS, SessionPlace } from "./sessionPlace.ts";

/** For the scripts: prints the name of a commit, or of the content of a file, that must not be lost, with where it is. */
const PRELUDE = String.raw`set -e
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.invalid GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.invalid
keep() { echo "KEEP $(git -C "$1" rev-parse "$2") $2 in $1"; }
commit() { git -C "$1" commit -q --allow-empty -m "In $1, $RANDOM"; keep "$1" HEAD; }
file() { echo "of the agent, $1" > "$1"; echo "KEEP $(git hash-object "$1") file $1"; }
repository() { git init -q "$1"; commit "$1"; file "$1/new"; }
bare() {
  git init -q --bare "$1"
  git -C "$1" update-ref HEAD "$(git -C "$1" commit-tree -m "In $1, $RANDOM" "$(git -C "$1" hash-object -t tree -w /dev/null)")"
  keep "$1" HEAD
}
clone() {
  git init -q "$1"; git -C "$1" remote add origin https://git.example.invalid/x.git
  echo upstream > "$1/tracked"; git -C "$1" add tracked; git -C "$1" commit -q -m Upstream
  git -C "$1" update-ref refs/remotes/origin/main HEAD
}
raw=$'caf\351'
`;

/** What an agent does in its checkout, each with work where nobody looks at first. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "files that the index hides":
    "git update-index --assume-unchanged readme; git update-index --skip-worktree tracked/file; file readme; file tracked/file",
  "worktrees and repositories beside the checkout": `
    git worktree add -q ../beside -b feature; file ../beside/new; commit ../beside
    git worktree add -q --detach ../detached; commit ../detached; file ../detached/new
    git worktree add -q --detach "../$raw"; commit "../$raw"; file "../$raw/$raw"
    repository ../own; git clone -q . ../clone; commit ../clone`,
  "repositories where git does not look": `
    repository tracked; echo out/ > .gitignore; mkdir out; repository out/deep
    mkdir copy empty; echo 'gitdir: ../nowhere' > copy/.git; file copy/new; mkdir empty/.git; file empty/new`,
  "bare repositories": `
    echo out/ > .gitignore; mkdir out; bare out/deep.git; bare ../beside.git; bare "../$raw.git"
    git -C out/deep.git update-ref --no-deref HEAD "$(git -C out/deep.git commit-tree -m Detached "HEAD^{tree}")"; keep out/deep.git HEAD`,
  "repositories in hidden folders beside the checkout": `
    mkdir -p ../.cache; cd ..; repository .cache/own; bare .cache/own.git; repository .own
    clone .cache/committed; commit .cache/committed
    clone .cache/changed; file .cache/changed/tracked
    clone .cache/concealed; git -C .cache/concealed update-index --assume-unchanged tracked; file .cache/concealed/tracked
    clone .cache/stashed; file .cache/stashed/tracked; git -C .cache/stashed stash -q; keep .cache/stashed stash
    clone .cache/left; git -C .cache/left checkout -q --detach; commit .cache/left; git -C .cache/left checkout -q -
    git -C work worktree add -q --detach "$PWD/.cache/tree"; commit .cache/tree; file .cache/tree/new`,
  "repositories, submodules and worktrees of any name": String.raw`
    repository "$raw"; repository "$raw/$raw"; git worktree add -q --detach "tree $raw"; commit "tree $raw"; file "tree $raw/$raw"
    for name in $'new\nline' $'tab\t' ./-dash ' lead' "$(printf 'x%.0s' {1..255})"; do repository "$name"; done
    git init -q "sub $raw"; commit "sub $raw"; git add "sub $raw" 2>/dev/null; git commit -qm Added; commit "sub $raw"; file "sub $raw/new"`,
  "commits on branches of any name, on none, and on those that are gone": `
    git checkout -q -b "side-$raw"; commit .; git checkout -q --detach; git branch -q -D "side-$raw"
    commit .; git checkout -q clauderon/brave-otter
    git update-ref refs/worktree/own $(git commit-tree -p HEAD -m own HEAD^{tree}); keep . refs/worktree/own
    commit .; git checkout -q --orphan fresh; git branch -q -D clauderon/brave-otter; file new`,
  "what a rebase has put aside": `
    commit .; file readme
    GIT_SEQUENCE_EDITOR='sed -i s/^pick/edit/' git rebase -q --autostash -i HEAD~1 2>/dev/null`,
  "what a merge has put aside, and its other side": `
    git checkout -q -b side; commit .; git checkout -q -; commit .; file readme
    git merge -q --no-commit --no-ff --autostash side; git branch -q -D side`,
  "all else when a file became a named pipe": "rm readme; mkfifo readme; file new",
};

async function begin(backend: (typeof BACKENDS)[number]) {
  const repository = new ScratchRepository();
  repository.write("readme", "one\n");
  repository.write("tracked/file", "one\n");
  repository.commit("First");
  const place = await SessionPlace.begin({ backend, repository: repository.path });
  return { repository, place };
}

describe.each(BACKENDS)("delete of a session, %s, keeps", (backend) => {
  it.each(Object.entries(SCRIPTS))("%s", async (_, script) => {
    const { repository, place } = await begin(backend);
    const env = { PATH: process.env["PATH"], HOME: "/nonexistent" };
    const said = execFileSync("bash", ["-c", PRELUDE + script], { cwd: place.checkout, env, encoding: "latin1" });
    const wanted = said.split("\n").filter((line) => line.startsWith("KEEP "));
    expect(wanted).not.toEqual([]);
    await place.end();
    const mine = gitAt(repository.path);
    const kept = new Set(mine.run("rev-list", "--objects", "--all").match(/^[0-9a-f]{40}/gm));
    expect(wanted.filter((line) => !kept.has(line.slice(5, 45)))).toEqual([]);
    expect(mine.run("worktree", "list", "--porcelain").match(/^worktree /gm)).toHaveLength(1);
  });
});
