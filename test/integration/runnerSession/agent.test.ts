import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { allArguments, isRunning } from "../../kit/processes.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";

describe("a session's agent", () => {
  it("gets the first prompt typed in, and the status shows it until it is idle again", async () => {
    const session = new SessionProcess({ prompt: 'say it\'s "done" $HOME' });
    const client = await session.connect();
    const view = client.attach({ offset: 0 });
    await expect.poll(() => client.status, POLL).toMatchObject({ state: "Running", activity: "Idle", turns: 1 });
    await expect.poll(() => view.text, POLL).toContain('it\'s "done" $HOME');
    expect(client.status?.conversationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(session.savedStatus).toEqual(client.status);
    expect(existsSync(`${session.folder}/prompt`)).toBe(false);
  });

  it.each([
    ["begins with a dash", "--help me"],
    ["has many lines", "digest\n\nof `several` $(lines)\n\ttabbed; rm -rf /"],
    ["is 1 MiB", "é漢🦀x".repeat(104_858)],
  ])("gets a complete prompt that %s, and no process list shows it", async (_what, prompt) => {
    const session = new SessionProcess();
    const client = await session.connect();
    const view = client.attach({ offset: 0 });
    client.ask({ type: "prompt", id: 7, prompt });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    await expect.poll(() => view.text, POLL).toContain(`sha256 ${createHash("sha256").update(prompt).digest("hex")}`);
    await expect.poll(() => client.messages, POLL).toContainEqual({ type: "done", id: 7 });
    expect(allArguments().join("\n")).not.toContain(prompt.slice(0, 12));
  });

  it("reports a failed turn with its cause until the next turn", async () => {
    const session = new SessionProcess({ prompt: "fail API Error: 401 no such key sk-1" });
    const client = await session.connect();
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    expect(client.status).toMatchObject({
      state: "Running",
      activity: "Failed",
      message: "API Error: 401 no such key sk-1",
    });
    client.ask({ type: "prompt", id: 1, prompt: "say again" });
    await expect.poll(() => client.status, POLL).toMatchObject({ activity: "Idle", turns: 2 });
    expect(client.status?.message).toBeUndefined();
  });

  it("sees only allowed variables of the runner's environment", async () => {
    const session = new SessionProcess({
      session: { credentialVariables: ["MODEL_TOKEN"] },
      environment: { MODEL_TOKEN: "sesame", OTHER_TOKEN: "never", CLAUDERON_HOME: "/c" },
      prompt: "environment",
    });
    const client = await session.connect();
    const view = client.attach({ offset: 0, cols: 500, mode: "watch" });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    await expect.poll(() => view.text, POLL).toContain("sesame");
    expect(view.text).toContain(`"HOME":"${session.folder}/home"`);
    expect(view.text).not.toMatch(/OTHER_TOKEN|never|CLAUDERON_HOME/);
  });

  it("works on whatever it makes of the files in the session's folder, with this runner and the next", async () => {
    const session = new SessionProcess({ prompt: "say first" });
    const { folder } = session;
    const client = await session.connect();
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    mkdirSync(`${folder}/events/1-1.json/inner`, { recursive: true });
    rmSync(`${folder}/status.json`);
    mkdirSync(`${folder}/status.json/inner`, { recursive: true });
    spawnSync("mkfifo", [`${folder}/events/1-2.json`, `${folder}/status.json.new`, `${folder}/prompt`]);
    client.ask({ type: "prompt", id: 1, prompt: "say second" });
    await expect.poll(() => client.status, POLL).toMatchObject({ activity: "Idle", turns: 2 });
    expect(session.savedStatus).toEqual(client.status);

    session.signal("SIGKILL");
    await session.exited;
    rmSync(`${folder}/runner.sock`);
    mkdirSync(`${folder}/runner.sock/inner`, { recursive: true });
    spawnSync("mkfifo", [`${folder}/output/0000000900000000.log`, `${folder}/checkout.json`]);
    rmSync(`${folder}/events`, { recursive: true });
    spawnSync("mkfifo", [`${folder}/events`]);
    const next = await new SessionProcess({ folder }).connect();
    await expect.poll(() => next.status, POLL).toMatchObject({ state: "Running", turns: 2 });
    next.ask({ type: "prompt", id: 2, prompt: "say third" });
    await expect.poll(() => next.status, POLL).toMatchObject({ activity: "Idle", turns: 3 });
  });

  it("is started again with its conversation when it is killed", async () => {
    const session = new SessionProcess({ prompt: "say first" });
    const client = await session.connect();
    const view = client.attach({ offset: 0 });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    const conversation = client.status?.conversationId;
    client.ask({ type: "prompt", id: 1, prompt: "crash" });
    await expect.poll(() => view.text, POLL).toContain(`resumed ${conversation}`);
    client.ask({ type: "prompt", id: 2, prompt: "say second" });
    await expect
      .poll(() => client.status, POLL)
      .toMatchObject({ activity: "Idle", turns: 2, conversationId: conversation });
  });

  it("starts a new conversation when it does not know the one to continue", async () => {
    const session = new SessionProcess({ prompt: "forget" });
    const client = await session.connect();
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    const conversation = client.status?.conversationId;
    client.ask({ type: "prompt", id: 1, prompt: "crash" });
    await expect.poll(() => session.stderr, POLL).toContain("it begins a new one");
    await expect.poll(() => client.status, POLL).toMatchObject({ state: "Running", activity: "Idle", turns: 1 });
    await client.request({ type: "prompt", id: 2, prompt: "say here" });
    await expect.poll(() => client.status, POLL).toMatchObject({ activity: "Idle", turns: 2 });
    expect(client.status?.conversationId).not.toBe(conversation);
  });

  it("is not restarted after three crashes in a row, until it is started by hand", async () => {
    const session = new SessionProcess({
      session: { command: ["/bin/sh", "-c", "printf 'Not logged \\033[1min\\033[0m\\r\\n\\r\\n'; exit 3"] },
    });
    const client = await session.connect();
    await expect
      .poll(() => client.status, POLL)
      .toMatchObject({
        state: "Exited",
        activity: "Failed",
        exitCode: 3,
        message: "The agent ended with exit code 3, 3 times in a row: Not logged in",
      });
    client.ask({ type: "start", id: 1 });
    await expect.poll(() => client.messages.filter(({ type }) => type === "status").length, POLL).toBeGreaterThan(8);
  });

  it("is Completed when it ends by itself, and can be started again", async () => {
    const session = new SessionProcess({ prompt: "exit 0" });
    const client = await session.connect();
    await expect.poll(() => client.status, POLL).toMatchObject({ state: "Exited", activity: "Completed", exitCode: 0 });
    client.ask({ type: "prompt", id: 1, prompt: "say no" });
    await expect
      .poll(() => client.messages, POLL)
      .toContainEqual(expect.objectContaining({ type: "error", id: 1, code: "AGENT_UNAVAILABLE" }));
    client.ask({ type: "start", id: 2 });
    await expect.poll(() => client.status, POLL).toMatchObject({ state: "Running", activity: "Idle" });
  });

  it("is Failed with a code and a hint when it cannot be executed, and with neither when it can again", async () => {
    const program = `${mkdtempSync(`${tmpdir()}/agent-`)}/agent`;
    const session = new SessionProcess({ session: { command: [program] } });
    const client = await session.connect();
    await expect.poll(() => client.status, POLL).toMatchObject({ activity: "Failed", code: "AGENT_UNAVAILABLE" });
    expect(client.status?.message).toMatch(/^Cannot execute "\/[^[]*$/);
    expect(client.status?.hint).toMatch(/^Install/);
    writeFileSync(program, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    client.ask({ type: "start", id: 1 });
    await expect.poll(() => client.status?.activity, POLL).toBe("Completed");
    expect(client.status).not.toHaveProperty("code");
    expect(client.status).not.toHaveProperty("hint");
  });

  it("is not sent a prompt while it waits for permission", async () => {
    const session = new SessionProcess({ prompt: "ask" });
    const client = await session.connect();
    const view = client.attach();
    await expect.poll(() => client.status?.activity, POLL).toBe("WaitingForPermission");
    client.ask({ type: "prompt", id: 1, prompt: "say no" });
    await expect
      .poll(() => client.messages, POLL)
      .toContainEqual(
        expect.objectContaining({ type: "error", id: 1, hint: expect.stringContaining("answer it first") }),
      );
    view.type("y");
    await expect.poll(() => client.status?.activity, POLL).toBe("Idle");
    await expect.poll(() => view.text, POLL).toContain("answered y");
  });

  it("ends with all its processes when the session is stopped, and the next runner continues the conversation", async () => {
    const first = new SessionProcess({ prompt: "sleeper" });
    const client = await first.connect();
    const view = client.attach({ offset: 0 });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    await expect.poll(() => view.text, POLL).toMatch(/sleeper \d+ of \d+/);
    const [, sleeper, agent] = /sleeper (\d+) of (\d+)/.exec(view.text) ?? [];
    expect([sleeper, agent].map((pid) => isRunning(Number(pid)))).toEqual([true, true]);
    client.ask({ type: "stop", id: 1 });
    await first.exited;
    expect([sleeper, agent].map((pid) => isRunning(Number(pid)))).toEqual([false, false]);
    expect([first.exitCode, existsSync(first.socket), first.savedStatus.state]).toEqual([0, false, "Exited"]);

    const second = new SessionProcess({ folder: first.folder });
    const again = (await second.connect()).attach({ offset: 0 });
    await expect.poll(() => again.text, POLL).toContain(`resumed ${client.status?.conversationId}`);
    expect(again.text.startsWith(view.text)).toBe(true);
  });

  it("ends with all its processes while the runner stays, and starts again on request", async () => {
    const session = new SessionProcess({ prompt: "sleeper" });
    const client = await session.connect();
    const view = client.attach({ offset: 0 });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    await expect.poll(() => view.text, POLL).toMatch(/sleeper \d+ of \d+/);
    const [, sleeper, agent] = /sleeper (\d+) of (\d+)/.exec(view.text) ?? [];
    expect(await client.request({ type: "end", id: 1 })).toEqual({ type: "done", id: 1 });
    expect([sleeper, agent].map((pid) => isRunning(Number(pid)))).toEqual([false, false]);
    expect(client.status).toMatchObject({ state: "Exited", activity: "Unknown", turns: 1 });
    expect(await client.request({ type: "end", id: 2 })).toEqual({ type: "done", id: 2 });
    await client.request({ type: "start", id: 3 });
    await expect.poll(() => view.text, POLL).toContain(`resumed ${client.status?.conversationId}`);
    await expect.poll(() => client.status?.activity, POLL).toBe("Idle");
  });

  it("continues after its runner was killed, and a second runner on the same folder exits", async () => {
    const first = new SessionProcess({ prompt: "say before" });
    const client = await first.connect();
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    const rival = new SessionProcess({ folder: first.folder });
    await rival.exited;
    expect(rival.stderr).toContain("error[SESSION_EXISTS]");
    first.signal("SIGKILL");
    await first.exited;
    const second = new SessionProcess({ folder: first.folder });
    const view = (await second.connect()).attach({ offset: 0 });
    await expect.poll(() => view.text, POLL).toContain(`resumed ${client.status?.conversationId}`);
    expect(view.text).toContain("before");
  });

  it("waits for the first start if configured, keeps its prompt, and starts by itself afterwards", async () => {
    const first = new SessionProcess({ session: { autostart: false } });
    const client = await first.connect();
    await expect.poll(() => client.status, POLL).toMatchObject({ state: "Waiting", activity: "Unknown" });
    // The runner is killed as soon as it has answered: what it answered for is on disk.
    await client.request({ type: "start", id: 1, prompt: "say kept" });
    first.signal("SIGKILL");
    await first.exited;

    const second = new SessionProcess({ folder: first.folder, session: { autostart: false } });
    const again = await second.connect();
    const view = again.attach({ offset: 0 });
    await expect.poll(() => again.status, POLL).toMatchObject({ activity: "Idle", turns: 1 });
    await again.request({ type: "start", id: 1, prompt: "say never" });
    await again.request({ type: "prompt", id: 2, prompt: "say other" });
    await expect.poll(() => again.status, POLL).toMatchObject({ activity: "Idle", turns: 2 });
    await expect.poll(() => view.text, POLL).toMatch(/kept[^]*other/);
    expect(view.text).not.toContain("never");
    expect(view.text.split("kept")).toHaveLength(2);
  });

  it("reports its last output without control characters or credentials, also to clients after a restart", async () => {
    const first = new SessionProcess({
      session: { credentialVariables: ["MODEL_TOKEN"] },
      environment: { MODEL_TOKEN: "sesame-1234" },
      prompt: "last it is \u202e\u009bdone, sesame-1234",
    });
    const client = await first.connect();
    await expect.poll(() => client.status?.lastMessage, POLL).toBe("it is done, [secret]");
    client.ask({ type: "stop", id: 1 });
    await first.exited;
    const again = await new SessionProcess({ folder: first.folder, session: { autostart: false } }).connect();
    await expect.poll(() => again.status?.lastMessage, POLL).toBe("it is done, [secret]");
  });

  it("has a line for each change in the runner's log, which contains nothing of the conversation", async () => {
    const session = new SessionProcess({ prompt: "last the secret plan" });
    const client = await session.connect();
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    client.ask({ type: "stop", id: 1 });
    await session.exited;
    const lines = session.stderr
      .trim()
      .split("\n")
      .map((line) => line.replace(/^\S+Z /, ""));
    expect(lines).toEqual(expect.arrayContaining(["Working, turn 0", "Idle, turn 1", "Exited: Idle, turn 1"]));
    expect(session.stderr).not.toContain("secret plan");
  });

  it("runs without leftovers of an earlier runner that was killed", async () => {
    const first = new SessionProcess({ prompt: "sleeper" });
    const client = await first.connect();
    const view = client.attach({ offset: 0 });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    await expect.poll(() => view.text, POLL).toMatch(/sleeper \d+ of \d+/);
    const sleeper = Number(/sleeper (\d+)/.exec(view.text)?.[1]);
    first.signal("SIGKILL");
    await first.exited;
    expect(isRunning(sleeper)).toBe(true);
    const again = await new SessionProcess({ folder: first.folder }).connect();
    await expect.poll(() => again.status?.activity, POLL).toBe("Idle");
    expect(isRunning(sleeper)).toBe(false);
  });

  it("can be reached only by its user", async () => {
    const session = new SessionProcess();
    const client = await session.connect();
    await expect.poll(() => client.status?.activity, POLL).toBe("Idle");
    for (const path of ["runner.sock", "status.json"]) {
      expect([path, (statSync(`${session.folder}/${path}`).mode & 0o777).toString(8)]).toEqual([path, "600"]);
    }
  });
});
