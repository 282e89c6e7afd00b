import { describe, expect, it } from "vitest";
import { ScratchUser } from "./scratchUser.ts";

describe("clauderon run", () => {
  it.each([
    [
      "a file that the index hides",
      "git update-index --assume-unchanged README.md; echo half > README.md",
      " M README.md",
    ],
    [
      "a repository below an ignored folder",
      "echo out/ > .gitignore; git add .gitignore; git commit -qm Ignore; git init -q out/own; git -C out/own commit -q --allow-empty -m Own",
      "!! out/own",
    ],
    [
      "commits on no branch, which it left",
      "git checkout -q --detach; git commit -q --allow-empty -m Left; git checkout -q -",
      "!! HEAD@{1}",
    ],
    [
      "a ref of the worktree alone",
      "git update-ref refs/worktree/own $(git commit-tree -p HEAD -m Own HEAD^{tree})",
      "!! refs/worktree/own",
    ],
  ])("keeps the worktree of an agent that leaves work in %s, and shows it", async (_, prompt, line) => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout } = await user.run({ prompt });
    expect([exitCode, user.worktrees()]).toEqual([0, 1]);
    expect(stdout).toContain(`\n  ${line}\n`);
  });

  it("saves the work of repositories and worktrees in the agent's home and temporary folder, which it removes", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout } = await user.run({
      prompt: [
        "git init -q ~/own; git -C ~/own commit -q --allow-empty -m 'In the home'",
        "git init -q ~/.cache/own; git -C ~/.cache/own commit -q --allow-empty -m 'In a hidden folder'",
        'git worktree add -q --detach "$TMPDIR/tree"; echo half > "$TMPDIR/tree/work.txt"',
      ].join("; "),
    });
    expect([exitCode, user.worktrees()]).toEqual([0, 0]);
    const ref = "refs/clauderon/rescued/fix.1";
    expect(stdout).toContain(`Saved from the agent's home: ${ref} in ${user.repository}\n`);
    expect(user.git("log", "--format=%s", ref)).toContain("In the home");
    expect(user.git("log", "--format=%s", ref)).toContain("In a hidden folder");
    const files = user
      .git("log", "--format=%P", "-1", ref)
      .split(" ")
      .map((parent) => user.git("ls-tree", "--name-only", parent));
    expect(files.join("\n")).toContain("work.txt");
    expect(user.git("worktree", "list", "--porcelain")).not.toContain("fix.1");
  });
});
