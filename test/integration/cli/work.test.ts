import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { POLL } from "./cliProcess.ts";
import { ScratchUser } from "./scratchUser.ts";

const COMMIT = "echo done > work.txt; git add work.txt; git commit --quiet --message 'Do the work'";

describe("clauderon run", () => {
  it("keeps the branch of an agent that commits, removes the worktree, and says how to continue", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout, stderr } = await user.run({ prompt: COMMIT });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(user.branches()).toEqual(["clauderon/fix"]);
    expect(user.git("log", "-1", "--format=%s", "clauderon/fix")).toBe("Do the work");
    expect(user.worktrees()).toBe(0);
    expect(stdout).toContain("web: 1 commit on branch clauderon/fix\n");
    expect(stdout).toContain(`take: git -C ${user.repository} merge clauderon/fix`);
    expect(user.git("status", "--porcelain")).toBe("");
  });

  it("gives the agent's git what the user ignores, signs none of its commits, and drops nothing of the user's by the way", async () => {
    const user = new ScratchUser("shell");
    mkdirSync(join(user.home, ".config/git"), { recursive: true });
    writeFileSync(join(user.home, ".config/git/ignore"), "*.idea\n");
    writeFileSync(join(user.home, ".gitconfig"), "[commit]\n\tgpgSign = true\n[core]\n\tautocrlf = input\n");
    user.git("config", "commit.gpgSign", "true");
    const script =
      "touch a.idea; printf 'one\\r\\n' > work.txt; git add --all; git commit --quiet --message Work; git config gc.auto > auto";
    const { exitCode, stdout } = await user.run({ prompt: script });
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("?? auto")]);
    expect(readFileSync(join(user.home, ".clauderon/runs/fix.1/workspace/web/auto"), "utf8")).toBe("0\n");
    expect(user.git("ls-tree", "--name-only", "clauderon/fix")).toBe("README.md\nwork.txt");
    expect(user.git("show", "clauderon/fix:work.txt")).toBe("one");
  });

  it("keeps the worktree of an agent that leaves changes uncommitted, and shows where", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout } = await user.run({ prompt: "echo half > work.txt" });
    const path = join(user.home, ".clauderon/runs/fix.1/workspace/web");
    expect(exitCode).toBe(0);
    expect(readFileSync(join(path, "work.txt"), "utf8")).toBe("half\n");
    expect(stdout).toContain("web: 1 uncommitted change\n  ?? work.txt\n");
    expect(stdout).toContain(`look: cd ${path}`);
  });

  it("removes branch and worktree of an agent that changed nothing", async () => {
    const user = new ScratchUser("shell");
    const { stdout } = await user.run({ prompt: "true" });
    expect(stdout).toContain("web: no changes\n");
    expect([user.branches(), user.worktrees()]).toEqual([[], 0]);
    expect(existsSync(join(user.home, ".clauderon/runs/fix.1/workspace"))).toBe(false);
  });

  it("reports the branch that the agent switched to, and removes its own unused one", async () => {
    const user = new ScratchUser("shell");
    const { stdout } = await user.run({ prompt: `git checkout --quiet -b fix/typo; ${COMMIT}` });
    expect(stdout).toContain("web: 1 commit on branch fix/typo\n");
    expect([user.branches(), user.worktrees()]).toEqual([["fix/typo"], 0]);
  });

  it("keeps the worktree when its commits are on no branch", async () => {
    const user = new ScratchUser("shell");
    const { stdout } = await user.run({ prompt: `git checkout --quiet --detach; ${COMMIT}` });
    expect(stdout).toContain("web: 1 commit on no branch\n");
    expect(user.worktrees()).toBe(1);
  });

  it("runs no program that the agent wrote into the repository's configuration or hooks", async () => {
    const user = new ScratchUser("shell");
    const spy = `${user.folder}/spy`;
    user.writeProgram("spy", `#!/bin/sh\ntouch "${user.folder}/ran-$(basename "$1")"\ncat\n`);
    const { exitCode, stdout } = await user.run({
      prompt: [
        `git config core.fsmonitor '${spy} fsmonitor'`,
        `git config filter.spy.clean '${spy} filter'`,
        `git config diff.spy.textconv '${spy} textconv'`,
        "echo '*.txt filter=spy diff=spy' > .gitattributes",
        "git -c core.fsmonitor=false add .gitattributes",
        "git -c core.fsmonitor=false commit --quiet --message 'Attributes' .gitattributes",
        "echo new > spied.txt; git -c core.fsmonitor=false -c filter.spy.clean=cat add spied.txt; echo old > spied.txt",
      ].join("; "),
    });
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("uncommitted change")]);
    expect(readdirSync(user.folder).filter((name) => name.startsWith("ran-"))).toEqual([]);
  });

  it("runs no program that a submodule's configuration names, and keeps the worktree for what is only in there", async () => {
    const user = new ScratchUser("shell");
    const spy = `${user.folder}/spy`;
    user.writeProgram("spy", `#!/bin/sh\ntouch "${user.folder}/ran"\nexit 1\n`);
    user.git("init", "--quiet", join(user.folder, "library"));
    user.git(
      "-C",
      join(user.folder, "library"),
      "-c",
      "user.name=A",
      "-c",
      "user.email=a@b.c",
      "commit",
      "--quiet",
      "--allow-empty",
      "--message",
      "Library",
    );
    const add = `git -c protocol.file.allow=always submodule --quiet add ${join(user.folder, "library")} library; git -C library remote set-url origin https://git.example.invalid/library`;
    const begun = `${add}; git commit --quiet --message 'With a submodule'`;
    const clean = await user.run({ prompt: `${begun}; git -C library config core.fsmonitor ${spy}` });
    expect([clean.exitCode, user.worktrees()]).toEqual([0, 0]);
    const inner =
      "git -C library commit --quiet --allow-empty --message 'Only here'; git commit --quiet --all --message 'Takes it'";
    for (const prompt of [
      `${begun}; echo half > library/work.txt; git -C library config core.fsmonitor ${spy}`,
      `${begun}; ${inner}`,
    ]) {
      const { stdout } = await user.run({ prompt });
      expect(stdout).toMatch(/, 1 uncommitted change\n[^]* {3}M library\n/);
    }
    expect([user.worktrees(), existsSync(`${user.folder}/ran`)]).toEqual([2, false]);
  });

  it("keeps a worktree that names another repository, and believes nothing of that", async () => {
    const user = new ScratchUser("shell");
    const spy = `${user.folder}/spy`;
    user.writeProgram("spy", `#!/bin/sh\ntouch "${user.folder}/ran"\ncat\n`);
    const { exitCode, stdout } = await user.run({
      prompt: [
        "echo half > work.txt; echo '* filter=spy' > .gitattributes",
        'cp -r "$(git rev-parse --git-common-dir)" evil; rm -rf evil/worktrees',
        "git --git-dir evil config core.bare false",
        "git --git-dir evil symbolic-ref HEAD refs/heads/false",
        "git --git-dir evil commit --quiet --allow-empty --message False",
        `git --git-dir evil config filter.spy.clean ${spy}`,
        'echo "gitdir: $PWD/evil" > .git',
      ].join("; "),
    });
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/web: could not be read and is unchanged in .*is not a worktree of/),
    ]);
    expect(stdout).not.toContain("alse");
    expect([user.branches(), existsSync(`${user.folder}/ran`)]).toEqual([["clauderon/fix"], false]);
  });

  it("reports a worktree that it can no longer read, and succeeds", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout } = await user.run({ prompt: "echo garbage > .git" });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/web: could not be read and is unchanged in .*workspace\/web: .* is not a worktree of/);
  });

  it("takes the next free branch name, and runs that start together get one each", async () => {
    const user = new ScratchUser("shell");
    user.git("branch", "clauderon/fix");
    const ended = await Promise.all([
      user.run({ prompt: COMMIT }),
      user.run({ prompt: COMMIT }),
      user.run({ prompt: COMMIT }),
    ]);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(user.branches()).toEqual(["clauderon/fix", "clauderon/fix-2", "clauderon/fix-3", "clauderon/fix-4"]);
    expect(user.runs()).toEqual(["fix.1", "fix.2", "fix.3"]);
  });

  it("warns before the run that uncommitted changes of the user are not included", async () => {
    const user = new ScratchUser("shell");
    writeFileSync(join(user.repository, "README.md"), "Changed\n");
    const { stdout, stderr } = await user.run({ prompt: "cat README.md" });
    expect(stderr).toBe(`note: web: the run does not include the uncommitted changes in ${user.repository}\n`);
    expect(stdout).toContain("web: no changes");
    expect(readFileSync(join(user.repository, "README.md"), "utf8")).toBe("Changed\n");
  });

  it("finds a repository by a relative path, by a folder below its top, and behind a ~", async () => {
    const user = new ScratchUser("shell");
    user.git("worktree", "add", "--quiet", join(user.home, "linked"));
    for (const path of ["web", "web/../web", "~/linked"]) {
      const { exitCode, stdout, stderr } = await user.run({ prompt: COMMIT }, ["--repository", `web=${path}`]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("1 commit on branch");
    }
  });

  it("commits as the user that git is configured with in that repository", async () => {
    const user = new ScratchUser("shell");
    writeFileSync(join(user.home, ".gitconfig"), "[user]\n  name = Global\n  email = global@example.invalid\n");
    await user.run({ prompt: COMMIT });
    expect(user.git("log", "-1", "--format=%an <%ae>, %cn", "clauderon/fix")).toBe(
      "Global <global@example.invalid>, Global",
    );
    user.git("config", "user.name", "Local");
    await user.run({ prompt: COMMIT });
    expect(user.git("log", "-1", "--format=%an", "clauderon/fix-2")).toBe("Local");
  });

  it("commits as the agent where git has no user configured", async () => {
    const user = new ScratchUser("shell");
    await user.run({ prompt: COMMIT });
    expect(user.git("log", "-1", "--format=%an", "clauderon/fix")).toBe("thurkube agent");
  });

  it("prints one JSON object on standard output with --json, and the agent's steps on standard error", async () => {
    const user = new ScratchUser("shell");
    const { stdout, stderr } = await user.run({ prompt: COMMIT }, ["--json"]);
    const folder = join(user.home, ".clauderon/runs/fix.1");
    const [base, tip] = [user.git("rev-parse", "main"), user.git("rev-parse", "--short", "clauderon/fix")];
    expect(stderr).toContain("result   succeeded");
    expect(JSON.parse(stdout)).toEqual({
      agentJob: "fix",
      run: "fix.1",
      folder,
      transcript: join(folder, "transcript.jsonl"),
      exitCode: 0,
      summary: expect.objectContaining({ outcome: "Succeeded", agent: "scripted", branch: "clauderon/fix" }),
      repositories: [
        {
          name: "web",
          checkout: user.repository,
          base,
          branch: "clauderon/fix",
          commits: [`${tip} Do the work`],
          diffStat: expect.stringContaining("work.txt"),
          uncommitted: [],
        },
      ],
    });
  });

  it.each([
    ["that begins with -", "-p --help"],
    ["with quotes and lines", 'It\'s "quoted" $HOME `id`\n\n- second line'],
    ["of 100 kB", "x".repeat(100_000)],
  ])("passes a prompt %s to the agent unchanged", async (_what, prompt) => {
    const user = new ScratchUser("success");
    const { stdout } = await user.run({ prompt }, ["--json"]);
    const asked = { type: "text", text: `Asked for ${prompt.length} characters: ${prompt.slice(0, 60)}` };
    expect(readFileSync(JSON.parse(stdout).transcript, "utf8")).toContain(JSON.stringify(asked));
  });

  it("hides the user's other variables and home from the agent", async () => {
    const user = new ScratchUser("shell");
    const environment = { AWS_SECRET_ACCESS_KEY: "a", GITHUB_TOKEN: "b", ANTHROPIC_BASE_URL: "http://c", EXTRA: "d" };
    const prompt = 'test "$TOKEN" = sesame-1234; test "$EXTRA" = wanted; env | cut -d= -f1 > names; echo $HOME > home';
    const spec = { prompt, env: [{ name: "EXTRA", value: "wanted" }] };
    const { exitCode, stdout } = await user.run(spec, ["--json"], { environment });
    expect(exitCode).toBe(0);
    const [{ path }] = JSON.parse(stdout).repositories;
    const names = readFileSync(join(path, "names"), "utf8").split("\n");
    expect(names).toContain("PATH");
    for (const name of ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDERON_AGENT_COMMAND"]) {
      expect(names).not.toContain(name);
    }
    expect(readFileSync(join(path, "home"), "utf8").trim()).not.toBe(user.home);
  });

  it("shares one folder between the runs of an AgentJob with persist, and refuses a second run at the same time", async () => {
    const user = new ScratchUser("shell");
    const wait = `touch ${user.folder}/begun; until test -e ${user.folder}/go; do sleep 0.05; done`;
    const first = user.start({ prompt: wait, persist: true });
    await expect.poll(() => existsSync(join(user.folder, "begun")), POLL).toBe(true);
    const second = await user.run({ prompt: "true", persist: true });
    expect(second.exitCode).toBe(3);
    expect(second.stderr).toMatch(
      /^error\[RUN_IN_PROGRESS\]: AgentJob "fix" is already running as process \d+\nhint: /,
    );
    writeFileSync(join(user.folder, "go"), "");
    expect((await first.ended).exitCode).toBe(0);
    const third = await user.run({ prompt: "true", persist: true });
    expect(third.exitCode).toBe(0);
    expect(third.stdout).toContain(`Kept for the next run: ${user.home}/.clauderon/persist/fix\n`);
  });
});
