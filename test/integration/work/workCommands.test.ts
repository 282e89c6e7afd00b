import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fixtureAgent, WITHOUT_BOUNDARY } from "../../kit/programs.ts";
import { POLL, runCli } from "../cli/cliProcess.ts";
import { ScratchRepository } from "../git/scratchRepository.ts";
import { REFS, SESSION } from "../git/sessionWorld.ts";

const HELPER = dirname(createRequire(import.meta.url).resolve("@clauderon/git-remote/helper"));

/** A session on this machine, with the real daemon, runner and command line. */
async function begin() {
  const repository = new ScratchRepository();
  repository.write("a.txt", "a\n".repeat(5));
  repository.write("b.txt", "b\n");
  repository.commit("First");
  const home = mkdtempSync(join(tmpdir(), "clauderon-home-"));
  const environment = {
    HOME: home,
    CLAUDERON_HOME: join(home, "c"),
    ...WITHOUT_BOUNDARY,
    CLAUDERON_AGENT: "scripted",
    CLAUDERON_AGENT_COMMAND: fixtureAgent("terminal"),
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.invalid",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.invalid",
    CLAUDERON_SYNC_INCLUDE: "*.env",
  };
  const runIn = (cwd: string, ...args: readonly string[]) => runCli(args, { cwd, environment });
  const run = (...args: readonly string[]) => runIn(repository.path, ...args);
  onTestFinished(async () => {
    await run("delete", SESSION, "--discard-work");
    await run("daemon", "stop");
    rmSync(home, { recursive: true, force: true });
  });
  const created = await run("create", "--detach", "--name", SESSION);
  expect(created).toMatchObject({ exitCode: 0 });
  const worktree = join(home, "c/sessions", SESSION, "work");
  const commit = (name: string, text: string) => {
    writeFileSync(join(worktree, name), text);
    repository.at(worktree, "add", name);
    repository.at(worktree, "commit", "--quiet", "--message", `Change ${name}`);
  };
  return { repository, worktree, run, runIn, commit, environment };
}

describe("clauderon pull, diff, merge and push", () => {
  it("bring a session's work to the user's branch, and the user's work to the session", async () => {
    const { repository, worktree, run, commit } = await begin();
    commit("a.txt", "A\n");
    writeFileSync(join(worktree, "new.txt"), "new\n");

    expect(await run("pull", SESSION)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^brave-otter: 1 commit on clauderon\/brave-otter, 1 uncommitted file\n/),
    });
    const pulled = JSON.parse((await run("pull", SESSION, "--json")).stdout) as { commit: string };
    expect(repository.tip(REFS.work)).toBe(pulled.commit);

    expect((await run("diff", SESSION, "--name-only")).stdout).toBe("a.txt\nnew.txt\n");
    expect((await run("diff", SESSION, "--stat")).stdout).toContain("2 files changed");
    expect((await run("diff", SESSION)).stdout).toContain("+new\n");
    expect(JSON.parse((await run("diff", SESSION, "--json")).stdout)).toMatchObject({
      files: [
        { status: "M", path: "a.txt" },
        { status: "A", path: "new.txt" },
      ],
    });

    const merged = await run("merge", SESSION);
    expect(merged).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("Run `clauderon merge --uncommitted "),
    });
    expect(merged.stdout).toMatch(/^Fast-forward$/m);
    expect(readFileSync(join(repository.path, "a.txt"), "utf8")).toBe("A\n");
    expect(repository.status()).toBe("");
    expect(JSON.parse((await run("merge", SESSION, "--uncommitted", "--json")).stdout)).toMatchObject({
      changed: true,
    });
    expect(readFileSync(join(repository.path, "new.txt"), "utf8")).toBe("new\n");

    rmSync(join(worktree, "new.txt"));
    repository.write("b.txt", "mine\n");
    repository.commit("Mine");
    const pushed = await run("push", SESSION);
    expect(pushed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^brave-otter is now at [0-9a-f]{12}\n$/),
    });
    expect(readFileSync(join(worktree, "b.txt"), "utf8")).toBe("mine\n");
  });

  it("lose nothing when there are conflicts or work in the way, and say how to continue", async () => {
    const { repository, run, commit } = await begin();
    commit("a.txt", "theirs\n");
    repository.write("a.txt", "mine, not committed\n");
    const inTheWay = await run("merge", SESSION);
    expect(inTheWay.exitCode).toBe(8);
    expect(inTheWay.stderr).toContain("error[REPOSITORY_UNAVAILABLE]: git could not merge");
    expect(readFileSync(join(repository.path, "a.txt"), "utf8")).toBe("mine, not committed\n");
    repository.commit("Mine");
    const conflicts = await run("merge", SESSION);
    expect(conflicts.exitCode).toBe(8);
    expect(conflicts.stderr).toMatch(/caused conflicts in "a\.txt"\nhint: .*git merge --abort/);
    const again = await run("merge", SESSION);
    expect(again.stderr).toContain(`${repository.path} has a conflict in "a.txt" that is not resolved yet`);
    repository.run("merge", "--abort");
    expect(repository.status()).toBe("");
    repository.run("reset", "--quiet", "--hard", "HEAD^");
    repository.run("config", "merge.ff", "false");
    expect(await run("merge", SESSION)).toMatchObject({ exitCode: 0 });
    expect(repository.run("log", "-1", "--format=%s").trim()).toBe(`Merge the work of session ${SESSION}`);
  });
});

describe("clauderon merge", () => {
  it("signs the merge with the user's key, which the agent's own commits are without", async () => {
    const { repository, run } = await begin();
    const key = join(repository.folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const settings = { "merge.ff": "false", "gpg.format": "ssh", "user.signingKey": key, "commit.gpgSign": "true" };
    for (const [name, value] of Object.entries(settings)) repository.run("config", name, value);
    const as = "git -c user.name=Agent -c user.email=agent@example.invalid";
    const inSession = `echo agent > b.txt && ${as} commit --quiet --all -m "By the agent"`;
    expect(await run("exec", SESSION, "--", "sh", "-c", inSession)).toMatchObject({ exitCode: 0 });
    expect(await run("merge", SESSION)).toMatchObject({ exitCode: 0 });
    expect(repository.run("cat-file", "commit", "HEAD")).toContain("-----BEGIN SSH SIGNATURE-----");
    expect(repository.run("cat-file", "commit", "HEAD^2")).toMatch(/^(?![^]*SIGNATURE)[^]*By the agent/);
  });

  it("shows the names of a session's files without what a terminal acts on", async () => {
    const { repository, worktree, run, commit } = await begin();
    const clipboard = "\u001b]52;c;aGk=\u0007";
    repository.at(worktree, "mv", "a.txt", clipboard);
    commit(clipboard, `theirs\n${"a\n".repeat(4)}`);
    repository.write("a.txt", `mine\n${"a\n".repeat(4)}`);
    repository.commit("Mine");
    const { stdout, stderr } = await run("merge", SESSION);
    expect(stdout).toContain("Merge conflict in ]52;c;aGk=\n");
    expect(stderr).toContain('caused conflicts in "]52;c;aGk="');
    expect(stdout + stderr).not.toContain("\u001b");
  });

  it("merges into the user's current worktree, only of that repository, and never into the session's own", async () => {
    const { repository, worktree, runIn, commit } = await begin();
    commit("a.txt", "theirs\n");
    const other = join(repository.folder, "other");
    repository.run("worktree", "add", "--quiet", "-b", "feature", other);
    mkdirSync(join(other, "deep"));
    const merged = await runIn(join(other, "deep"), "merge", SESSION);
    expect(merged).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`Merging into the branch of ${other}\n`),
    });
    expect(repository.tip("feature")).toBe(repository.tip(REFS.branch));
    expect(repository.tip("main")).toBe(repository.tip("feature^"));

    // Neither a stranger's checkout nor the session's own is meant.
    const stranger = new ScratchRepository();
    stranger.write("a.txt", "x");
    stranger.commit("Another's");
    const before = stranger.tip("HEAD");
    const lines = join(stranger.folder, "two\nlines");
    stranger.run("worktree", "add", "--quiet", "-b", "lines", lines);
    expect(await runIn(lines, "merge", SESSION)).toMatchObject({ exitCode: 0 });
    expect(await runIn(stranger.path, "merge", SESSION)).toMatchObject({ exitCode: 0 });
    expect(stranger.tip("HEAD")).toBe(before);
    expect(repository.tip("main")).toBe(repository.tip("feature"));
    commit("b.txt", "theirs\n");
    expect(await runIn(worktree, "merge", SESSION)).toMatchObject({ exitCode: 0 });
    expect(repository.tip("main")).toBe(repository.tip(REFS.branch));

    writeFileSync(join(other, "b.txt"), "mine\n");
    repository.at(other, "commit", "--quiet", "--all", "--message", "Mine");
    const conflicts = await runIn(other, "merge", SESSION);
    expect(conflicts.exitCode).toBe(8);
    expect(conflicts.stderr).toContain(`caused conflicts in "b.txt"\nhint: In ${other}, resolve the conflicts`);
  });
});

describe("[sync] include", () => {
  it("transfers ignored files with the state, and does not merge them", async () => {
    const { repository, worktree, run } = await begin();
    writeFileSync(join(worktree, ".gitignore"), "*.env\n");
    writeFileSync(join(worktree, "a.env"), "PASSWORD=1\n");
    expect((await run("pull", SESSION)).stdout).toContain("1 uncommitted file");
    expect(repository.run("show", `${REFS.work}:a.env`)).toBe("PASSWORD=1\n");
    expect(await run("merge", SESSION, "--uncommitted")).toMatchObject({ exitCode: 0 });
    expect(repository.run("ls-tree", "-r", "--name-only", "HEAD")).toBe(".gitignore\na.txt\nb.txt\n");
  });

  it("also applies to what the runner captures at its end", async () => {
    const { repository, worktree, run } = await begin();
    writeFileSync(join(worktree, ".gitignore"), "*.env\n");
    writeFileSync(join(worktree, "a.env"), "before\n");
    await run("pull", SESSION);
    const pulled = repository.tip(REFS.work);
    writeFileSync(join(worktree, "a.env"), "after\n");
    expect(await run("archive", SESSION)).toMatchObject({ exitCode: 0 });
    expect(repository.tip(REFS.work)).not.toBe(pulled);
    expect(repository.run("show", `${REFS.work}:a.env`)).toBe("after\n");
  });
});

describe("the daemon", () => {
  it("lets any clone fetch from a session, as its runner serves it", async () => {
    const { repository, worktree, commit, environment } = await begin();
    commit("a.txt", "A\n");
    writeFileSync(join(worktree, "new.txt"), "new\n");
    const clone = new ScratchRepository();
    const found = { ...environment, PATH: `${HELPER}:${process.env["PATH"] ?? ""}`, CLAUDERON_NODE: process.execPath };
    const fetch = ["fetch", "--quiet", `clauderon::${SESSION}`, `clauderon/${SESSION}`, `${REFS.work}:refs/heads/work`];
    execFileSync("git", fetch, { cwd: clone.path, env: found });
    expect(clone.tip("FETCH_HEAD")).toBe(repository.tip(REFS.branch));
    expect(clone.run("show", "work:new.txt")).toBe("new\n");
    const refused = spawnSync("git", ["push", `clauderon::${SESSION}`, "+HEAD:refs/heads/main"], {
      cwd: repository.path,
      env: found,
      encoding: "utf8",
    });
    expect(refused.status).not.toBe(0);
  });

  it("fetches after a turn, and rescues before it deletes", async () => {
    const { repository, worktree, run } = await begin();
    writeFileSync(join(worktree, "new.txt"), "new\n");
    await expect.poll(async () => (await run("send", SESSION, "say hello")).exitCode, POLL).toBe(0);
    const found = () => repository.run("for-each-ref", REFS.work);
    await expect.poll(found, POLL).not.toBe("");
    expect(repository.run("show", `${REFS.work}:new.txt`)).toBe("new\n");
    expect((await run("delete", SESSION)).stdout).toContain(`Saved its work as ${REFS.rescued}`);
    expect(repository.run("show", `${REFS.rescued}:new.txt`)).toBe("new\n");
    expect(repository.run("for-each-ref", "--format=%(refname)")).toBe(`${REFS.rescued}\nrefs/heads/main\n`);
  });
});
