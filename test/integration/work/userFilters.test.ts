import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { captureWork, createWorktree, forwardCheckout, worktreeGit } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import { ScratchRepository } from "../git/scratchRepository.ts";

const FILTER = `${process.execPath} ${fileURLToPath(new URL("pointerFilter.ts", import.meta.url))}`;
const BRANCH = "clauderon/web";
const IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.invalid"];

/** A user whose large files go through a filter, configured for all repositories or for this one, and a session's worktree. */
async function begin(scope: "global" | "local") {
  const repository = new ScratchRepository();
  const home = join(repository.folder, "home");
  mkdirSync(home);
  const user = { HOME: home };
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...IDENTITY, ...args], {
      cwd: repository.path,
      env: { PATH: process.env["PATH"] ?? "", ...user },
      encoding: "utf8",
    });
  git("config", `--${scope}`, "filter.pointer.process", FILTER);
  git("config", `--${scope}`, "filter.pointer.required", "true");
  repository.write(".gitattributes", "*.big filter=pointer\n");
  repository.write("one.big", "one\n");
  const commit = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
  };
  commit("First");
  const users = repository.gitWith(user);
  const worktree = join(repository.folder, "worktree");
  const place = { path: worktree, branch: BRANCH, owner: "3f1c" };
  const { commit: incoming } = await captureWork(users, { ref: "refs/clauderon/incoming/web" });
  await createWorktree(users, place, incoming);
  return { repository, commit, users, worktree, place, inside: await worktreeGit(users, worktree) };
}

describe.each(["global", "local"] as const)("a filter like git-lfs, in the user's %s configuration", (scope) => {
  it("keeps pointers in what is captured, and brings content to the worktree", async () => {
    const { repository, users, worktree, place, inside } = await begin(scope);
    const read = (name: string) => readFileSync(join(worktree, name), "utf8");
    expect([repository.run("show", "HEAD:one.big"), read("one.big")]).toEqual([
      expect.stringMatching(/^pointer /),
      "one\n",
    ]);
    writeFileSync(join(worktree, "two.big"), "two\n");
    const { commit, notices } = await captureWork(inside, { ref: "refs/clauderon/sessions/web/work" });
    expect([notices, repository.run("show", `${commit}:two.big`)]).toEqual([[], expect.stringMatching(/^pointer /)]);
    rmSync(worktree, { recursive: true });
    await createWorktree(users, place, commit);
    expect([read("one.big"), read("two.big")]).toEqual(["one\n", "two\n"]);
  });

  it("brings content to a worktree that moves forward", async () => {
    const { repository, commit, worktree, inside } = await begin(scope);
    repository.write("three.big", "three\n");
    commit("The user's");
    expect(await forwardCheckout(inside, BRANCH, repository.tip("HEAD"))).toBe("Forwarded");
    expect(readFileSync(join(worktree, "three.big"), "utf8")).toBe("three\n");
  });
});

describe("an optional filter that works as a process", () => {
  // Which of the two processes is faster must not matter.
  it.each(["exit 1", "exec ./absent", "read request"])(
    "makes git fail when its program ends at once: %s",
    async (command) => {
      const repository = new ScratchRepository();
      repository.write(".gitattributes", "*.big filter=broken\n");
      repository.commit("First");
      repository.run("config", "filter.broken.process", command);
      const worktree = join(repository.folder, "worktree");
      repository.run("worktree", "add", "--quiet", "-b", BRANCH, worktree);
      const inside = await worktreeGit(repository.git, worktree);
      for (let round = 0; round < 25; round += 1) {
        writeFileSync(join(worktree, "one.big"), `${round}\n`);
        const refused = expect.objectContaining({ code: "REPOSITORY_UNAVAILABLE" }) as Error;
        await expect(inside.read(["add", "one.big"])).rejects.toEqual(refused);
      }
    },
  );
});
