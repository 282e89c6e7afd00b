import { describe, expect, it } from "vitest";
import { describeRun } from "./describeRun.ts";
import type { FinishedRepository } from "./finishedRun.ts";

const nothing = { name: "web", commits: [], diffStat: "", uncommitted: [] };
const described = (repository: Partial<FinishedRepository>) =>
  describeRun({
    agentJob: "fix",
    run: "fix.1",
    folder: "/runs/fix.1",
    exitCode: 0,
    repositories: [{ ...nothing, ...repository }],
  }).split("\n");

const worktree = { checkout: "/src/my web", base: "0123456789abcdef" };

describe("describeRun", () => {
  it("prints commands for a branch's commits that can be pasted into a shell", () => {
    expect(described({ ...worktree, branch: "clauderon/fix", commits: ["a1 One", "b2 Two"] })).toEqual([
      "web: 2 commits on branch clauderon/fix",
      "  a1 One",
      "  b2 Two",
      "  look: git -C '/src/my web' diff 012345678..clauderon/fix",
      "  take: git -C '/src/my web' merge clauderon/fix",
      "Files of this run: /runs/fix.1",
    ]);
  });

  it("shows where a kept worktree is and how to remove it", () => {
    const lines = described({ ...worktree, branch: "clauderon/fix", uncommitted: [" M a"], path: "/runs/w" });
    expect(lines.slice(0, 4)).toEqual([
      "web: 1 uncommitted change",
      "   M a",
      "  look: cd /runs/w",
      "  drop: git -C '/src/my web' worktree remove --force /runs/w",
    ]);
  });

  it("shows where a clone is even when all its work was pushed", () => {
    expect(described({ path: "/runs/c", branch: "main" })[0]).toBe("web: no unpushed work, in /runs/c");
    expect(described({ path: "/runs/c", branch: "main", commits: ["a1 One"] })[0]).toBe(
      "web: 1 commit on branch main, not pushed",
    );
  });

  it("shows ten lines of a long list and the number of the others", () => {
    const uncommitted = Array.from({ length: 25 }, (_, index) => `?? ${index}`);
    const lines = described({ ...worktree, uncommitted, path: "/w" });
    expect(lines[11]).toBe("  … and 15 more");
  });
});
