import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorktree, Git } from "@clauderon/git";
import { describe, expect, it, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { hostileHome } from "../../kit/repositories/hostileConfig.ts";
import { AGENT_WORK, stateOf, worstCheckout, type WorstOptions } from "../../kit/repositories/worstCheckout.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

const hasReftable = execFileSync("git", ["help", "--config"], { encoding: "utf8" }).includes("init.defaultRefFormat");

const VARIANTS: Readonly<Record<string, WorstOptions>> = {
  "": {},
  "of SHA-256 names": { init: ["--object-format=sha256"] },
  "that is sparse": { isSparse: true },
  ...(hasReftable ? { "with a reftable": { init: ["--ref-format=reftable"] } } : {}),
};

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "worst-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The state with a file that is only intended as an untracked one: no tree can hold more of it. */
function sentState(mine: GitAt): ReturnType<typeof stateOf> {
  const index = join(scratch(), "index");
  copyFileSync(join(mine.folder, ".git/index"), index);
  const git = gitAt(mine.folder, { GIT_INDEX_FILE: index });
  git.run("rm", "--quiet", "--cached", "intended");
  return stateOf(git);
}

/** All of a repository that is its user's own. */
function ownState(git: GitAt): Readonly<Record<string, unknown>> {
  const refs = git.run("for-each-ref", "--format=%(refname) %(objectname)").split("\n");
  return {
    head: git.run("rev-parse", "--symbolic-full-name", "HEAD", "HEAD", "MERGE_HEAD"),
    refs: refs.filter((ref) => !/^refs\/(heads\/)?clauderon\/|agent|^refs\/stash /.test(ref)),
    stashes: git.run("log", "--walk-reflogs", "--format=%gs", "refs/stash").replace(/^agent\n/, ""),
    configuration: git.run("config", "--local", "--list"),
    worktrees: git
      .run("worktree", "list", "--porcelain")
      .split("\n\n")
      .map((one) => one.trimEnd())
      .filter((one) => !one.includes("/tree\n")),
    checkout: stateOf(git),
  };
}

async function begin(backend: (typeof BACKENDS)[number], variant: string) {
  const folder = scratch();
  const options = VARIANTS[variant] ?? {};
  const mine = worstCheckout(join(folder, "repo"), options);
  const before = ownState(mine);
  const { home, sprung } = hostileHome(folder);
  const objectFormat = options.init?.[0] === "--object-format=sha256" ? "sha256" : "sha1";
  const place = await SessionPlace.begin({ backend, repository: mine.folder, home, objectFormat });
  return { folder, mine, before, place, sprung };
}

/** The agent works; returns commits that must not be lost, each with a word for it. */
function work({ checkout }: SessionPlace): readonly (readonly [string, string])[] {
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent", LC_ALL: "C" };
  const said = execFileSync("bash", ["-c", AGENT_WORK], { cwd: checkout, env, encoding: "utf8" });
  return said
    .trim()
    .split("\n")
    .map((line) => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""] as const);
}

/** Words of those that no ref of the repository reaches. */
function lostOf(git: GitAt, commits: readonly (readonly [string, string])[]): readonly string[] {
  const reached = new Set(git.run("rev-list", "--all").split("\n"));
  return commits.filter(([, commit]) => !reached.has(commit)).map(([word]) => word);
}

/** What a worktree shows that is made from captured work. */
async function restored({ mine, folder }: { mine: GitAt; folder: string }, commit: string) {
  const path = join(folder, "back");
  const git = Git.ofUser(mine.folder, { PATH: process.env["PATH"], HOME: "/nonexistent" });
  await createWorktree(git, { path, branch: "back", owner: "me" }, commit);
  const state = stateOf(gitAt(path));
  mine.run("worktree", "remove", "--force", path);
  mine.run("branch", "-D", "back");
  return state;
}

describe.each(BACKENDS)("the worst checkout, with backend %s,", (backend) => {
  it.each(Object.keys(VARIANTS))(
    "%s is sent, worked on, brought back, and deleted with everything rescued",
    async (variant) => {
      const world = await begin(backend, variant);
      const { mine, place, before, sprung } = world;
      expect(place.notices).toEqual([
        'The content of submodule "module" is not copied',
        "The merge in progress is not copied",
      ]);
      expect(stateOf(place.theirs)).toEqual(sentState(mine));
      const commits = work(place);
      const pulled = await place.pull();
      expect(await restored(world, pulled.commit)).toEqual(stateOf(place.theirs));
      const rescued = await place.end();
      expect(lostOf(mine, commits)).toEqual([]);
      expect(mine.run("ls-tree", "-r", "-z", rescued ?? "")).toBe(mine.run("ls-tree", "-r", "-z", pulled.commit));
      expect(ownState(mine)).toEqual(before);
      expect(existsSync(sprung)).toBe(false);
    },
  );

  it("loses nothing that was fetched when its place is lost in the middle", async () => {
    const world = await begin(backend, "");
    const { mine, place, before } = world;
    const commits = work(place);
    await place.pull();
    const fetched = backend === "local" ? commits.filter(([word]) => !/inner|deep|module|tree/.test(word)) : commits;
    const state = stateOf(place.theirs);
    await place.lose();
    expect(await place.recreate()).toBe(REFS.rescued);
    expect(stateOf(place.theirs)).toEqual(state);
    writeFileSync(join(place.checkout, "after"), "the loss\n");
    await place.pull();
    expect(lostOf(mine, fetched)).toEqual([]);
    await place.end();
    expect(lostOf(mine, fetched)).toEqual([]);
    expect(ownState(mine)).toEqual(before);
  });
});

it("a checkout with conflicts is refused", async () => {
  const folder = scratch();
  const mine = worstCheckout(join(folder, "repo"));
  mine.run("reset", "--quiet", "--hard");
  writeFileSync(join(mine.folder, "both"), "ours\n");
  mine.run("commit", "--quiet", "--all", "--message", "Ours");
  mine.run("checkout", "--quiet", "-b", "theirs", "HEAD^");
  rmSync(join(mine.folder, "both"));
  symlinkSync("tool", join(mine.folder, "both"));
  mine.run("commit", "--quiet", "--all", "--message", "Theirs");
  expect(() => mine.run("merge", "--quiet", "main")).toThrow("Command failed");
  await expect(SessionPlace.begin({ backend: "kubernetes", repository: mine.folder })).rejects.toMatchObject({
    message: expect.stringContaining('has conflicts, in "both"') as unknown,
  });
});
