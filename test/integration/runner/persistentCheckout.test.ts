import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GitHostServer, startGitHost } from "../../kit/internet/gitHost/gitHost.ts";
import { git } from "./gitFolder.ts";
import { type EndedRun, runRunner } from "./runnerProcess.ts";

const TOKEN = "ghs_repository-token-1";
const WIDGETS = { name: "widgets", owner: "acme", repo: "widgets" };

let host: GitHostServer;
beforeAll(async () => {
  host = await startGitHost({
    repositories: { "acme/widgets": { files: { "README.md": "widgets\n" } } },
    tokens: { [TOKEN]: "push" },
  });
});
afterAll(() => host.stop());

const runWith = (repositories: (typeof WIDGETS & { ref?: string })[], options: { folder?: string; persist: true }) =>
  runRunner({
    agent: "success",
    ...options,
    config: { repositories },
    environment: { THURKUBE_GIT_HOST: host.baseUrl },
  });

const again = (first: EndedRun, ref?: string) =>
  runWith([{ ...WIDGETS, ...(ref !== undefined && { ref }) }], { persist: true, folder: first.folder });
const asked = () => host.requests.filter(({ path }) => path.includes("info/refs")).length;
const checkout = ({ folder }: EndedRun) => join(folder, "workspace/widgets");

describe("an existing checkout that holds nothing of an agent's", () => {
  const auth = ["-c", `http.extraHeader=Authorization: Bearer ${TOKEN}`];
  const pushed = async ({ folder }: EndedRun, name: string, subject: string) => {
    const elsewhere = join(folder, `elsewhere-${name.replaceAll("/", "-")}-${subject}`);
    await git(folder, "clone", "--quiet", `${host.baseUrl}/acme/widgets.git`, elsewhere);
    await git(elsewhere, "commit", "--quiet", "--amend", "--allow-empty", "-m", subject);
    await git(elsewhere, ...auth, "push", "--quiet", "--force", "origin", `HEAD:${name}`);
    return await git(elsewhere, "rev-parse", "HEAD");
  };

  it.each(["index.lock", "HEAD.lock", "config.lock", "refs/heads/main.lock"])(
    "is brought up to date in spite of a %s that a killed run left",
    async (lock) => {
      const first = await runWith([WIDGETS], { persist: true });
      const newest = await pushed(first, "refs/heads/main", `Past-${lock.replaceAll("/", "-")}`);
      const path = join(checkout(first), ".git", lock);
      writeFileSync(path, "");
      utimesSync(path, 1, 1);
      const run = await again(first);
      expect(run.summary).toMatchObject({ outcome: "Succeeded", ranOn: expect.stringContaining("brought up to date") });
      expect(await git(checkout(first), "rev-parse", "HEAD")).toBe(newest);
      expect(run.lines.join("\n")).toContain("which a git that was killed left");
    },
  );

  it("follows an upstream that was force-pushed, keeps what upstream dropped, and says so", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const old = await git(checkout(first), "rev-parse", "HEAD");
    const newest = await pushed(first, "refs/heads/main", "Rewritten");
    const run = await again(first);
    expect(await git(checkout(first), "rev-parse", "HEAD")).toBe(newest);
    expect(await git(checkout(first), "rev-parse", `refs/clauderon/kept/${old}`)).toBe(old);
    expect(run.summary?.ranOn).toMatch(/^acme\/widgets: brought up to date, main at .*upstream no longer has.*kept/);
  });

  it("follows it also when an earlier run was killed after its fetch, or within its checkout", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const fetched = await pushed(first, "refs/heads/main", "Fetched");
    await git(checkout(first), "fetch", "--quiet", "origin");
    await again(first);
    expect(await git(checkout(first), "rev-parse", "HEAD")).toBe(fetched);
    writeFileSync(join(checkout(first), "README.md"), "half");
    await git(checkout(first), "update-ref", "refs/clauderon/moving", "HEAD");
    const newest = await pushed(first, "refs/heads/main", "Newest");
    await again(first);
    expect(await git(checkout(first), "rev-parse", "HEAD")).toBe(newest);
    expect(await git(checkout(first), "status", "--porcelain")).toBe("");
    expect(await git(checkout(first), "for-each-ref", "refs/clauderon/moving")).toBe("");
  });

  it.each(["--assume-unchanged", "--skip-worktree"])(
    "is left alone when an agent hides a changed file with %s",
    async (flag) => {
      const first = await runWith([WIDGETS], { persist: true });
      const elsewhere = join(first.folder, "hidden");
      await git(first.folder, "clone", "--quiet", `${host.baseUrl}/acme/widgets.git`, elsewhere);
      writeFileSync(join(elsewhere, "README.md"), `of upstream ${flag}\n`);
      await git(elsewhere, "commit", "--quiet", "--all", "-m", "Changes it");
      await git(elsewhere, ...auth, "push", "--quiet", "origin", "HEAD:main");
      writeFileSync(join(checkout(first), "README.md"), "of the agent\n");
      await git(checkout(first), "update-index", flag, "README.md");
      const run = await again(first);
      expect(run.summary).toMatchObject({ ranOn: expect.stringContaining("its index hides changes of files") });
      expect(readFileSync(join(checkout(first), "README.md"), "utf8")).toBe("of the agent\n");
    },
  );

  it("follows a tag that was moved, and refuses to run on a branch that upstream deleted", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    await pushed(first, "refs/tags/stable", "Stable");
    await again(first, "stable");
    const moved = await pushed(first, "refs/tags/stable", "Moved");
    await again(first, "stable");
    expect(await git(checkout(first), "rev-parse", "HEAD")).toBe(moved);
    await pushed(first, "refs/heads/short", "Short");
    await again(first, "short");
    await git(checkout(first), ...auth, "push", "--quiet", "origin", ":refs/heads/short");
    const run = await again(first, "short");
    expect(run.summary).toMatchObject({ outcome: "Failed", reason: "CloneFailed" });
    expect(run.summary?.message).toContain('it has no branch "short"');
  });

  it("asks the git host twice about a branch: to fetch everything, and whether the branch still exists", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const before = asked();
    await again(first, "main");
    expect(asked() - before).toBe(2);
  });

  it("says in the summary what it ran on when it has work of its own", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    writeFileSync(join(checkout(first), "new.txt"), "x");
    const run = await again(first);
    expect(run.summary?.ranOn).toMatch(
      /^acme\/widgets: left as the last run left it \(it has changes that are not committed\), main at/,
    );
  });
});
