import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostileHome } from "../../kit/repositories/hostileConfig.ts";
import { beginShell } from "./agentShell.ts";
import { BACKENDS } from "./sessionPlace.ts";

/** These make the test's own git fail in the user's repository. */
const RULES = /^core\.(bare|worktree|hooksPath|fsmonitor)$/;

describe.each(BACKENDS)("git of an agent, with backend %s", (backend) => {
  it("ignores and converts what the user's does, by files of the user and of the git folder, and makes branches as it does", async () => {
    const shell = await beginShell({
      backend,
      home: {
        ".gitconfig": "[include]\n\tpath = more\n[init]\n\tdefaultBranch = trunk\n[alias]\n\tst = status\n",
        more: "[core]\n\texcludesFile = ~/patterns\n\tautocrlf = input\n",
        patterns: "*.idea\n!kept.idea\n",
        ".config/git/attributes": "*.unix text eol=lf\n*.raw -text\n",
      },
      repository: { ".git/info/exclude": "/local\n", ".git/info/attributes": "*.odd -text\n" },
    });
    await shell.ok(`
      touch a.idea kept.idea local
      for name in a.unix a.raw a.odd a.txt; do printf 'one\\r\\n' > $name; done
      git add --all; git commit --quiet --message "By the agent"`);
    expect(
      await shell.ok("git ls-files; git init --quiet /tmp/x$$; git -C /tmp/x$$ symbolic-ref HEAD; rm -r /tmp/x$$"),
    ).toMatch(/^a\.odd\na\.raw\na\.txt\na\.unix\nkept\.idea\n([^.]*\n)?refs\/heads\/trunk\n$/);
    const sizes = await shell.ok("for name in a.unix a.raw a.odd a.txt; do git cat-file -s HEAD:$name; done");
    expect(sizes).toBe("4\n5\n5\n4\n");
    expect((await shell.run("git st")).code).not.toBe(0);
    const commit = await shell.pull();
    expect(shell.mine.run("ls-tree", "--name-only", commit, "a.idea", "local", "kept.idea")).toBe("kept.idea");
  });

  it("has of a configuration that sets every key no program, signs nothing, and commits, merges, rebases and tags", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hostile-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const hostile = hostileHome(folder, RULES);
    const shell = await beginShell({
      backend,
      home: { ".gitconfig": readFileSync(join(hostile.home, ".gitconfig"), "utf8") },
    });
    shell.mine.run("config", "commit.gpgSign", "true");
    await shell.ok(`
      base=$(git rev-parse HEAD)
      echo one > one; git add one; git commit --quiet -m One
      git checkout --quiet -b clauderon/side $base; echo two > two; git add two; git commit --quiet -m Two
      git merge --quiet --no-edit clauderon/web || git merge --quiet --no-edit clauderon/brave-otter
      git checkout --quiet -b clauderon/more $base; echo three > three; git add three; git commit --quiet -m Three
      git rebase --quiet clauderon/side; git stash list`);
    expect(existsSync(hostile.sprung)).toBe(false);
  });

  it("keeps settings of its own in the home of its session, which count more than the user's", async () => {
    const shell = await beginShell({ backend, home: { ".gitconfig": "[init]\n\tdefaultBranch = trunk\n" } });
    await shell.ok("git config --global init.defaultBranch mine; git config --global alias.st status");
    expect(await shell.ok("git config init.defaultBranch; git st --short")).toBe("mine\n");
    expect(readFileSync(join(shell.home, ".gitconfig"), "utf8")).toBe("[init]\n\tdefaultBranch = trunk\n");
  });
});
