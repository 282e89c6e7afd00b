import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { RUN_EXIT } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { isRunning } from "../../kit/processes.ts";
import { fixtureAgent } from "../../kit/programs.ts";
import { POLL, runRunner, startRunner } from "./runnerProcess.ts";

const GRACES = { CLAUDERON_RESULT_GRACE_SECONDS: "1", CLAUDERON_KILL_GRACE_SECONDS: "1" };

describe("the runner", () => {
  it("exits 0 with a complete summary when the agent succeeds, and shows each step", async () => {
    const run = await runRunner({ agent: "success", config: { prompt: "Fix the bug" } });
    expect(run.exitCode).toBe(RUN_EXIT.succeeded);
    const { durationMs, ...summary } = run.summary ?? {};
    expect(durationMs).toBeGreaterThan(0);
    expect(summary).toEqual({
      outcome: "Succeeded",
      agent: "scripted",
      sessionId: "session-1",
      model: "scripted-model",
      turns: 2,
      inputTokens: 30,
      outputTokens: 12,
      costUSD: 0.01,
      lastMessage: "All done",
    });
    expect(run.lines.map((line) => line.slice(9))).toEqual([
      "agent    scripted agent",
      "says     Asked for 11 characters: Fix the bug",
      "Bash     npm test",
      "  ok     1 passed (+1 line)",
      "retry    overloaded (529), attempt 1 of 10, in 1.5 s",
      "result   succeeded, 2 turns, 30 tokens in, 12 tokens out, $0.0100",
      "runner   Succeeded",
    ]);
    expect(run.lines[0]).toMatch(/^\d\d:\d\d:\d\d /);
  });

  it("writes transcript and summary for the owner only, and leaves no file in the temporary folder", async () => {
    const run = await runRunner({ agent: "success" });
    const file = join(run.folder, "home/.clauderon/transcript.jsonl");
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "result", text: "All done" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const summary: unknown = JSON.parse(await readFile(join(run.folder, "home/.clauderon/summary.json"), "utf8"));
    expect(summary).toEqual(run.summary);
    expect(await readdir(join(run.folder, "tmp"))).toEqual([]);
  });

  it("keeps the records of every run separate on the persistent volume", async () => {
    const first = await runRunner({ agent: "success", persist: true });
    await runRunner({ agent: "success", persist: true, folder: first.folder });
    const runs = await readdir(join(first.folder, "persist/runs"));
    expect(runs).toHaveLength(2);
    for (const name of runs) {
      expect((await readdir(join(first.folder, "persist/runs", name))).toSorted()).toEqual([
        "summary.json",
        "transcript.jsonl",
      ]);
    }
  });

  it("reports an agent that exits with 1 and no result as crashed, with what it said last", async () => {
    const run = await runRunner({ agent: "exitOne" });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({
      outcome: "Failed",
      reason: "AgentCrashed",
      message: "The agent exited with code 1 without a result: scripted agent: cannot find my brain",
    });
  });

  it("reports the signal's name when the agent was killed", async () => {
    const run = await runRunner({ agent: "killed" });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({ reason: "AgentCrashed", message: expect.stringContaining("SIGKILL") });
  });

  it("reports exit code 0 without a result as NoResult", async () => {
    const run = await runRunner({ agent: "noResult" });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({ outcome: "Failed", reason: "NoResult" });
  });

  it("does not accept a success that is followed by exit code 1", async () => {
    const run = await runRunner({ agent: "successThenExitOne" });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({ outcome: "Failed", reason: "AgentCrashed" });
  });

  it("names the program when the agent is missing", async () => {
    const environment = { CLAUDERON_AGENT_COMMAND: fixtureAgent("doesNotExist") };
    const run = await runRunner({ agent: "success", environment });
    expect(run.exitCode).toBe(RUN_EXIT.notStarted);
    expect(run.summary).toMatchObject({ reason: "AgentMissing", message: expect.stringContaining("doesNotExist.mjs") });
  });

  it.each([
    ["is not JSON", "{", /agent\.json: /],
    ["has no prompt", '{"allowedTools":[],"mcpServers":[],"repositories":[]}', /prompt/],
    [
      "names a repository that would leave the workspace",
      JSON.stringify({
        prompt: "x",
        allowedTools: [],
        mcpServers: [],
        repositories: [{ name: "../x", owner: "acme", repo: "x" }],
      }),
      /"\.\.\/x" cannot be a name/,
    ],
  ])("refuses an agent.json that %s", async (_title, config, message) => {
    const run = await runRunner({ agent: "success", config });
    expect(run.exitCode).toBe(RUN_EXIT.notStarted);
    expect(run.summary).toMatchObject({ reason: "ConfigInvalid", message: expect.stringMatching(message) });
  });

  it.each([
    ["THURKUBE_WORKSPACE", "relative/path"],
    ["THURKUBE_TIMEOUT_SECONDS", "soon"],
    ["THURKUBE_GIT_HOST", "https://user:pass@github.com"],
  ])("refuses a wrong %s by name", async (name, value) => {
    const run = await runRunner({ agent: "success", environment: { [name]: value } });
    expect(run.exitCode).toBe(RUN_EXIT.notStarted);
    expect(run.stderr).toContain(`error[CONFIG_INVALID]: ${name} must be`);
    expect(run.stderr).not.toContain("pass@");
  });

  it("ends an agent that hangs after its result, and keeps the result", async () => {
    const run = await runRunner({ agent: "hangAfterResult", environment: GRACES });
    expect(run.exitCode).toBe(RUN_EXIT.succeeded);
    expect(run.summary).toMatchObject({ outcome: "Succeeded", lastMessage: "All done" });
  });

  it("lets an agent continue after its result, and uses the last result", async () => {
    const run = await runRunner({ agent: "secondTurn", environment: GRACES });
    expect(run.exitCode).toBe(RUN_EXIT.succeeded);
    expect(run.summary).toMatchObject({ outcome: "Succeeded", lastMessage: "Second" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("passes %s on and reports Stopped", async (signal) => {
    const run = await startRunner({ agent: "hangBeforeResult" });
    await expect.poll(run.text, POLL).toContain("Thinking");
    run.signal(signal);
    const ended = await run.ended;
    expect(ended.exitCode).toBe(RUN_EXIT.stopped);
    expect(ended.summary).toMatchObject({ outcome: "Failed", reason: "Stopped" });
  });

  it("kills an agent that ignores SIGTERM after the grace period", async () => {
    const run = await startRunner({ agent: "ignoreSigterm", environment: GRACES });
    await expect.poll(run.text, POLL).toContain("Thinking");
    run.signal("SIGTERM");
    const ended = await run.ended;
    expect(ended.lines.join("\n")).toContain("I would rather stay");
    expect(ended.exitCode).toBe(RUN_EXIT.stopped);
  });

  it("ends the run when its time is up and says so", async () => {
    const environment = { ...GRACES, THURKUBE_TIMEOUT_SECONDS: "1" };
    const run = await runRunner({ agent: "hangBeforeResult", environment });
    expect(run.exitCode).toBe(RUN_EXIT.timedOut);
    expect(run.summary).toMatchObject({ reason: "TimedOut", message: expect.stringContaining("after 1 second") });
  });

  it("leaves no process running, neither in the agent's group nor in a session of its own", async () => {
    const run = await runRunner({ agent: "orphan" });
    expect(run.summary?.outcome).toBe("Succeeded");
    const pids = (run.summary?.lastMessage ?? "").split(" ").map(Number);
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isRunning), POLL).toEqual([]);
  });
});
