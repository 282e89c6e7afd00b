import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GitAt } from "../../kit/repositories/gitAt.ts";
import { beginShell } from "./agentShell.ts";

/** Settings by which git drops all that it may at the next occasion. */
const HASTY = {
  "gc.auto": "1",
  "gc.autoPackLimit": "1",
  "gc.autoDetach": "false",
  "gc.pruneExpire": "now",
  "gc.reflogExpire": "now",
  "gc.reflogExpireUnreachable": "now",
  "gc.worktreePruneExpire": "now",
  "maintenance.auto": "true",
};

/** Blobs that no ref has, as old as git may be; git takes two of the first letters 17 for too many objects. */
function plantOldBlobs(git: GitAt): readonly string[] {
  const blobs: string[] = [];
  for (let text = 0; blobs.length < 2; text += 1) {
    const hash = createHash("sha1")
      .update(`blob ${String(text).length}\0${text}`)
      .digest("hex");
    if (!hash.startsWith("17")) continue;
    blobs.push(git.feed(String(text), "hash-object", "-w", "--stdin"));
    utimesSync(join(git.folder, ".git/objects/17", hash.slice(2)), 1_000_000_000, 1_000_000_000);
  }
  return blobs;
}

describe("a session in a worktree of the user's repository", () => {
  it("drops no object, reflog or absent worktree of the user's, neither by the way nor by git gc", async () => {
    const { mine, ok } = await beginShell({ backend: "local" });
    mine.run("commit", "--quiet", "--amend", "--allow-empty", "--message", "The user's, again");
    const replaced = mine.run("rev-parse", "main@{1}");
    const reflog = mine.run("reflog", "main");
    const blobs = plantOldBlobs(mine);
    for (const [key, value] of Object.entries(HASTY)) mine.run("config", key, value);
    const areKept = () => [...blobs, replaced].map((object) => mine.run("cat-file", "-t", object));
    await ok(`for name in one two; do touch $name; git add $name; git commit --quiet -m $name; done
      git fetch --quiet . HEAD; git rebase --quiet --force-rebase HEAD~1`);
    expect(areKept()).toEqual(["blob", "blob", "commit"]);
    await ok("git gc --quiet; git maintenance run --quiet");
    expect(areKept()).toEqual(["blob", "blob", "commit"]);
    expect(mine.run("reflog", "main")).toBe(reflog);
  });

  it("moves no branch of the user's by a rebase, and teaches the user's git no resolution of a conflict", async () => {
    const { mine, ok } = await beginShell({ backend: "local", repository: { shared: "one\n" } });
    const resolutions = join(mine.folder, ".git/rr-cache");
    mkdirSync(resolutions);
    mine.run("config", "rebase.updateRefs", "true");
    await ok("echo two > shared; git commit --quiet --all -m Two");
    mine.run("branch", "feature", "clauderon/web");
    const feature = mine.run("rev-parse", "feature");
    await ok("echo three > other; git add other; git commit --quiet -m Three");
    mine.run("commit", "--quiet", "--allow-empty", "--message", "Upstream");
    await ok("git rebase --quiet main");
    expect(mine.run("rev-parse", "feature")).toBe(feature);
    await ok(`git checkout --quiet -b clauderon/side main; echo else > shared; git commit --quiet --all -m Else
      git merge --quiet clauderon/web || true; echo both > shared; git commit --quiet --all -m Both`);
    expect(readdirSync(resolutions)).toEqual([]);
  });
});
