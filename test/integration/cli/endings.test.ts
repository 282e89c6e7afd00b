import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesIn } from "../../kit/processes.ts";
import { POLL } from "./cliProcess.ts";
import { ScratchUser } from "./scratchUser.ts";

function allFiles(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("clauderon run", () => {
  it("exits 7 when the agent fails, with its reason", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stdout, stderr } = await user.run({ prompt: "echo broken >&2; exit 1" });
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(
      /^error\[AGENT_FAILED\]: AgentJob "fix" failed: AgentError: .*broken\nhint: See AgentError in docs\/errors.md, and the details in .*transcript.jsonl/,
    );
    expect(stdout).toContain("web: no changes");
    expect([...user.branches(), user.worktrees()]).toEqual([0]);
  });

  it("keeps what an agent committed before it failed", async () => {
    const user = new ScratchUser("shell");
    const { exitCode } = await user.run({ prompt: "git commit --quiet --allow-empty --message Half; exit 1" });
    expect([exitCode, ...user.branches()]).toEqual([7, "clauderon/fix"]);
  });

  it("exits 6 when the agent's program does not exist", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stderr } = await user.run({}, [], { environment: { CLAUDERON_AGENT_COMMAND: "/gone/agent" } });
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining('AgentJob "fix" failed: AgentMissing: ')]);
    expect([user.branches(), user.worktrees()]).toEqual([[], 0]);
  });

  it("exits 9 when timeoutSeconds have passed, and the agent is gone", async () => {
    const user = new ScratchUser("hangBeforeResult");
    const { exitCode, stderr } = await user.run({ timeoutSeconds: 2 });
    expect(exitCode).toBe(9);
    expect(stderr).toMatch(/^error\[TIMEOUT\]: AgentJob "fix" failed: TimedOut: The run was stopped after 2 seconds/);
    expect(processesIn(user.folder)).toEqual([]);
  });

  it("exits 130 on Ctrl-C: the agent and all its processes end, and its work is kept and reported", async () => {
    const user = new ScratchUser("shell");
    const run = user.start({
      prompt: `echo half > work.txt; setsid sleep 3600 & touch ${user.folder}/begun; sleep 3600`,
    });
    await expect.poll(() => existsSync(join(user.folder, "begun")), POLL).toBe(true);
    run.signal("SIGINT");
    run.signal("SIGINT");
    const { exitCode, stdout, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([130, "note: Stopping the agent. Its work is kept\n"]);
    expect(stdout).toContain("web: 1 uncommitted change\n  ?? work.txt\n");
    expect(processesIn(user.folder)).toEqual([]);
    expect(readFileSync(join(user.home, ".clauderon/runs/fix.1/workspace/web/work.txt"), "utf8")).toBe("half\n");
  });

  it("kills an agent that ignores SIGTERM, and exits 143", async () => {
    const user = new ScratchUser("ignoreSigterm");
    const run = user.start({});
    await expect.poll(() => run.stdout(), POLL).toContain("Thinking");
    run.signal("SIGTERM");
    expect((await run.ended).exitCode).toBe(143);
    expect([processesIn(user.folder), user.branches(), user.worktrees()]).toEqual([[], [], 0]);
  });

  it("leaves nothing behind when it is stopped while the worktree is made", async () => {
    const user = new ScratchUser("success");
    user.writeProgram("web/.git/hooks/post-checkout", `#!/bin/sh\ntouch ${user.folder}/begun; sleep 3600\n`);
    const run = user.start({});
    await expect.poll(() => existsSync(join(user.folder, "begun")), POLL).toBe(true);
    run.signal("SIGINT");
    const { exitCode, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([130, ""]);
    expect([user.runs(), user.branches(), user.worktrees(), processesIn(user.folder)]).toEqual([[], [], 0, []]);
  });

  it("that was killed keeps its secrets only until its agent ends and another run begins, and repositories in its home for good", async () => {
    const user = new ScratchUser("shell");
    const left = join(user.home, ".clauderon/runs/fix.1");
    const waits = `echo $TOKEN > ~/left; git init -q ~/own; echo work > ~/own/work.txt; touch ${user.folder}/begun; until test -e ${user.folder}/end; do sleep 0.05; done`;
    const run = user.start({ prompt: waits });
    await expect.poll(() => existsSync(join(user.folder, "begun")), POLL).toBe(true);
    run.signal("SIGKILL");
    await user.run({ prompt: "true" });
    expect(readFileSync(join(left, "home/left"), "utf8")).toBe("sesame-1234\n");
    writeFileSync(join(user.folder, "end"), "");
    await run.ended;
    await user.run({ prompt: "true" });
    const files = allFiles(left).map((file) => file.slice(left.length + 1));
    expect(files.filter((file) => !/^workspace\/|\/\.git\//.test(file)).toSorted()).toEqual([
      "config/agent.json",
      "kept/1/work.txt",
      "run.json",
      "steps.log",
      "summary.json",
      "transcript.jsonl",
    ]);
  });

  it("leaves a folder that only the user can read, without any secret", async () => {
    const user = new ScratchUser("shell");
    const leak = "echo $TOKEN; echo $TOKEN > ~/.agent.json; mkdir -p ~/cache; touch ~/cache/x; chmod -R a-w ~/cache";
    const { exitCode } = await user.run({ prompt: `${leak}; echo $TOKEN > $TMPDIR/x` });
    expect(exitCode).toBe(0);
    const folder = join(user.home, ".clauderon/runs/fix.1");
    expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
    expect(
      allFiles(folder)
        .map((file) => file.slice(folder.length + 1))
        .toSorted(),
    ).toEqual(["config/agent.json", "run.json", "steps.log", "summary.json", "transcript.jsonl"]);
    for (const file of allFiles(folder)) expect(readFileSync(file, "utf8")).not.toContain("sesame-1234");
  });

  it("continues to the end, without a message, when nobody reads its output", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stderr } = await user.run({ prompt: "git commit --quiet --allow-empty --message Done" }, [], {
      unread: true,
    });
    expect([exitCode, stderr, ...user.branches()]).toEqual([0, "", "clauderon/fix"]);
  });
});
