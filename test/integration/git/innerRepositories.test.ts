import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureWork, Git } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import { ScratchRepository } from "./scratchRepository.ts";

const REF = "refs/clauderon/test";

/** A checkout that an agent has worked in, and a folder in it with a repository of the agent's own. */
function stage(...init: readonly string[]) {
  const outer = new ScratchRepository();
  outer.write("a.txt", "a\n");
  outer.commit("First");
  const inner = join(outer.path, "inner");
  outer.run("init", "--quiet", "--initial-branch=main", ...init, inner);
  const write = (name: string, text: string) => writeFileSync(join(inner, name), text);
  const commit = (message: string) => {
    outer.at(inner, "add", "--all");
    outer.at(inner, "commit", "--quiet", "--message", message);
    return outer.at(inner, "rev-parse", "HEAD").trim();
  };
  const capture = () =>
    captureWork(Git.ofAgent(outer.path, { PATH: process.env["PATH"], HOME: "/nonexistent" }), {
      ref: REF,
      repositories: "Kept",
    });
  const has = (object: string) => outer.git.run(["cat-file", "-e", object]).then(({ code }) => code === 0);
  return { outer, inner, write, commit, capture, has };
}

const parentsOf = (repository: ScratchRepository, commit: string) =>
  repository.run("rev-list", "--parents", "--max-count=1", commit).trim().split(" ").slice(1);

/** For git fast-import. */
const branch = (_: unknown, index: number) =>
  `commit refs/heads/b${index}\ncommitter A <a@example.invalid> 0 +0000\ndata <<E\n${index}\nE\n\n`;

describe("captureWork that keeps the repositories inside", () => {
  it("keeps commits, branches, tags, stashes and uncommitted work of a repository in the checkout, each state once", async () => {
    const { outer, inner, write, commit, capture, has } = stage();
    write("one", "1\n");
    const first = commit("In the inner one");
    outer.at(inner, "checkout", "--quiet", "-b", "side");
    write("two", "2\n");
    const side = commit("On a branch");
    outer.at(inner, "tag", "-a", "-m", "tag", "v1");
    outer.at(inner, "checkout", "--quiet", "main");
    outer.at(inner, "branch", "--quiet", "-D", "side");
    write("one", "stashed\n");
    outer.at(inner, "stash", "--quiet");
    const stash = outer.at(inner, "rev-parse", "stash").trim();
    write("untracked", "x\n");
    const { commit: work, notices, unkept } = await capture();
    expect(unkept).toEqual([]);
    expect(notices).toEqual(['"inner" is a separate repository. Its work is saved, and not copied as files']);
    for (const one of [first, side, stash]) expect(await has(one)).toBe(true);
    const kept = parentsOf(outer, work)[1] ?? "";
    expect(outer.run("show", `${kept}:untracked`)).toBe("x\n");
    expect(parentsOf(outer, kept)).toEqual(expect.arrayContaining([first, side, stash]));
    expect(parentsOf(outer, (await capture()).commit)[1]).toBe(kept);
    expect(outer.status()).toContain("inner/");
  });

  it("keeps a repository below an ignored folder, and one whose path is not UTF-8", async () => {
    const { outer, capture, has } = stage();
    outer.write(".gitignore", "build/\n");
    const hidden = join(outer.path, "build/deep/own");
    mkdirSync(hidden, { recursive: true });
    outer.at(hidden, "init", "--quiet");
    outer.at(hidden, "commit", "--quiet", "--allow-empty", "--message", "Ignored");
    const { commit, unkept } = await capture();
    expect([unkept, await has(outer.at(hidden, "rev-parse", "HEAD").trim())]).toEqual([[], true]);
    expect(outer.run("log", "-1", "--format=%B", commit)).toMatch(/^other: [0-9a-f]+ build\/deep\/own$/m);
    const latin = Buffer.from(`${outer.path}/caf\xe9`, "latin1");
    outer.run("init", "--quiet", "plain");
    outer.at(join(outer.path, "plain"), "commit", "--quiet", "--allow-empty", "--message", "Odd");
    renameSync(join(outer.path, "plain"), latin);
    const odd = await capture();
    expect(odd.unkept).toEqual([]);
    expect(odd.notices).toContain('"caf\uFFFD" is a separate repository. Its work is saved, and not copied as files');
    expect(outer.run("log", "--format=%s", odd.commit)).toContain("Odd\n");
  });

  it("keeps each of hundreds of branches", async () => {
    const { outer, inner, capture, has } = stage();
    const input = Array.from({ length: 250 }, branch).join("");
    execFileSync("git", ["fast-import", "--quiet"], { cwd: inner, input });
    const tips = outer.at(inner, "for-each-ref", "--format=%(objectname)").trim().split("\n");
    await capture();
    const kept = await Promise.all(tips.map(has));
    expect([kept.length, kept.filter((is) => !is)]).toEqual([250, []]);
  });

  it("keeps a repository whose history has faults that every git host accepts", async () => {
    const { outer, inner, write, commit, capture, has } = stage();
    write("one", "1\n");
    commit("First");
    const author = "Ada <ada@example.invalid> 1215174740 +051800";
    const tree = outer.at(inner, "rev-parse", "HEAD^{tree}").trim();
    const text = `tree ${tree}\nauthor ${author}\ncommitter ${author}\n\nOld\n`;
    writeFileSync(join(inner, "old"), text);
    const hashed = outer.at(inner, "hash-object", "-t", "commit", "--literally", "-w", "old");
    outer.at(inner, "update-ref", "HEAD", hashed.trim());
    const { unkept } = await capture();
    expect([unkept, await has(hashed.trim())]).toEqual([[], true]);
  });

  it("keeps a repository within that one, and worktrees of the checkout's own repository", async () => {
    const { outer, inner, write, commit, capture, has } = stage();
    write("one", "1\n");
    commit("Inner");
    outer.at(inner, "init", "--quiet", "deep");
    writeFileSync(join(inner, "deep/file"), "deep\n");
    outer.at(join(inner, "deep"), "add", "file");
    outer.at(join(inner, "deep"), "commit", "--quiet", "--message", "Deep");
    const deep = outer.at(join(inner, "deep"), "rev-parse", "HEAD").trim();
    outer.run("worktree", "add", "--quiet", "--detach", join(outer.path, "tree"));
    writeFileSync(join(outer.path, "tree/untracked"), "tree\n");
    const { commit: work } = await capture();
    expect(await has(deep)).toBe(true);
    const trees = await Promise.all(parentsOf(outer, work).map((parent) => has(`${parent}:untracked`)));
    expect(trees).toContain(true);
  });

  it("keeps work that is only in worktrees of a repository that will be deleted, wherever they are, and follows no other folder that it names", async () => {
    const { outer, has } = stage();
    const tree = join(outer.folder, "elsewhere");
    outer.run("worktree", "add", "--quiet", "--detach", tree);
    outer.at(tree, "commit", "--quiet", "--allow-empty", "--message", "Detached");
    const commit = outer.at(tree, "rev-parse", "HEAD").trim();
    writeFileSync(join(tree, "untracked"), "x\n");
    const secret = new ScratchRepository();
    secret.write("key", "secret\n");
    secret.commit("Secret");
    outer.run("worktree", "add", "--quiet", "--detach", join(outer.folder, "forged"));
    writeFileSync(join(outer.path, ".git/worktrees/forged/gitdir"), `${secret.path}/.git\n`);
    const git = Git.ofAgent(outer.path, { PATH: process.env["PATH"], HOME: "/nonexistent" });
    const { commit: work, unkept } = await captureWork(git, { ref: REF, repositories: "Kept", scope: "Repository" });
    const parents = parentsOf(outer, work);
    const trees = await Promise.all(parents.map((parent) => has(`${parent}:untracked`)));
    expect(trees).toContain(true);
    outer.run("merge-base", "--is-ancestor", commit, work);
    expect(await has(secret.tip("HEAD"))).toBe(false);
    expect(unkept).toEqual([expect.stringContaining(secret.path)]);
  });

  it("keeps commits of a submodule that exist nowhere else, in a worktree too", async () => {
    const upstream = new ScratchRepository();
    upstream.write("lib", "1\n");
    upstream.commit("Upstream");
    const { outer, has } = stage();
    outer.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", upstream.path, "module");
    outer.run("commit", "--quiet", "--message", "With a submodule");
    const path = join(outer.folder, "session");
    outer.run("worktree", "add", "--quiet", "--detach", path);
    outer.at(path, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init");
    const module = join(path, "module");
    outer.at(module, "config", "remote.origin.url", "https://git.example.com/lib.git");
    const git = Git.ofAgent(path, { PATH: process.env["PATH"], HOME: "/nonexistent" });
    const notices = async () => (await captureWork(git, { ref: REF, repositories: "Kept" })).notices;
    expect(await notices()).toEqual(['The content of submodule "module" is not copied']);
    outer.at(module, "commit", "--quiet", "--allow-empty", "--message", "The agent's");
    const commit = outer.at(module, "rev-parse", "HEAD").trim();
    expect(await notices()).toEqual(['"module" is a separate repository. Its work is saved, and not copied as files']);
    expect(await has(commit)).toBe(true);
  });

  it("keeps nothing of a clone whose commits are all on a host, and says that it is not copied", async () => {
    const { outer, inner, write, commit, capture } = stage();
    write("one", "1\n");
    const head = commit("Upstream");
    outer.at(inner, "remote", "add", "origin", "https://git.example.com/x.git");
    outer.at(inner, "update-ref", "refs/remotes/origin/main", head);
    expect((await capture()).notices).toEqual(['"inner" is a separate repository and is not copied']);
    // Nobody has what is only in a folder of this machine.
    outer.at(inner, "remote", "set-url", "origin", "../elsewhere");
    expect((await capture()).notices[0]).toContain("Its work is saved");
  });

  it("keeps nothing of the clones that programs have in hidden folders around the checkout, or bare in it", async () => {
    const { outer } = stage();
    rmSync(join(outer.path, "inner"), { recursive: true });
    const script = String.raw`set -e
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.invalid GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.invalid HOME=/nonexistent
url=https://git.example.invalid/x.git
git init -q -b main upstream; cd upstream; echo 1 > file; git add .; git commit -qm 1; git tag v1; git commit -qm 2 --allow-empty; cd ..
from() { sed -i "s|of .*upstream.*|of $url|" "$1/FETCH_HEAD"; }
mkdir .cache; cd .cache
clone() { git init -q "$@" c; git -C c remote add origin ../../upstream; }
named() { git -C c config remote.origin.url $url; mv c "$1"; }
clone; git -C c fetch -q; git -C c checkout -q -b main origin/main; touch c/untracked; named plugin
clone; git -C c fetch -q --depth=1 "file://$PWD/../upstream" tag v1; git -C c checkout -q FETCH_HEAD; rm c/.git/FETCH_HEAD; named nvm
clone; git -C c fetch -q ../../upstream main; git -C c checkout -q FETCH_HEAD; mkdir c/py_env; touch c/py_env/x; from c/.git; named pre-commit
clone --bare; git -C c fetch -q ../../upstream '+refs/*:refs/*'; from c; named go
git init -q --bare cargo-db; git -C cargo-db fetch -q ../../upstream '+refs/heads/*:refs/remotes/origin/*' '+HEAD:refs/remotes/origin/HEAD'; from cargo-db
git clone -q cargo-db cargo-checkout 2>/dev/null; git -C cargo-checkout fetch -q origin '+refs/remotes/origin/*:refs/remotes/origin/*'
git -C cargo-checkout reset -q --hard origin/main~1; touch cargo-checkout/.cargo-ok
cp -r go ../repo/go.git`;
    execFileSync("bash", ["--norc", "-c", script], { cwd: outer.folder, env: { PATH: process.env["PATH"] } });
    const git = Git.ofAgent(outer.path, { PATH: process.env["PATH"], HOME: "/nonexistent" });
    const kept = async (around: string) => {
      const { commit, unkept } = await captureWork(git, { ref: REF, repositories: "Kept", around });
      const lines = outer.run("log", "-1", "--format=%B", commit).match(/^other: .*$/gm) ?? [];
      return [...lines.map((line) => line.slice(line.lastIndexOf("/") + 1)), ...unkept];
    };
    // Nobody else has what this one was made of.
    expect(await kept(outer.folder)).toEqual(["upstream"]);
  });

  it("follows no git folder, work tree or objects outside of the folder, and says what it cannot save", async () => {
    const { outer, inner, write, commit, capture, has } = stage();
    const secret = new ScratchRepository();
    secret.write("key", "secret\n");
    secret.commit("Secret");
    const head = secret.tip("HEAD");
    write("one", "1\n");
    commit("Inner");
    const refused = async () => {
      const { unkept } = await capture();
      expect(unkept).toEqual([
        expect.stringMatching(/^"inner" is a separate repository, and its work cannot be saved: /),
      ]);
      expect(await has(head)).toBe(false);
    };
    outer.at(inner, "config", "core.worktree", secret.path);
    await refused();
    outer.at(inner, "config", "--file", join(inner, ".git/config"), "--unset", "core.worktree");
    mkdirSync(join(inner, ".git/objects/info"), { recursive: true });
    writeFileSync(join(inner, ".git/objects/info/alternates"), `${secret.path}/.git/objects\n`);
    await refused();
    outer.run("init", "--quiet", join(outer.path, "inner2"));
    writeFileSync(join(inner, ".git/commondir"), `${secret.path}/.git\n`);
    await refused();
  });

  it("runs no program that the repository inside names", async () => {
    const { outer, inner, write, commit, capture, has } = stage();
    write("one", "1\n");
    commit("Inner");
    write(".gitattributes", "* filter=evil\n");
    const touch = `touch ${outer.folder}/evil`;
    for (const key of [
      "filter.evil.clean",
      "core.fsmonitor",
      "uploadpack.packObjectsHook",
      "core.sshCommand",
      "gpg.program",
    ])
      outer.at(inner, "config", key, `${touch}; cat`);
    outer.at(inner, "config", "log.showSignature", "true");
    const { unkept } = await capture();
    expect([unkept, await has(`${REF}^2:.gitattributes`)]).toEqual([[], true]);
    expect(existsSync(join(outer.folder, "evil"))).toBe(false);
  });
});
