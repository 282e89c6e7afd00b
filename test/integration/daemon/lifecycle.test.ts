import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import { processesOf } from "../../kit/processes.ts";

/** The runners of a home, by their numbers. */
const runners = (home: string) =>
  processesOf(home)
    .filter(({ line }) => line.includes(" session "))
    .map(({ pid }) => pid);

const error = (code: string, message: string) => ({
  error: expect.objectContaining({ code, message: expect.stringContaining(message) }) as unknown,
});

describe("a session on this machine", () => {
  it("starts with the checkout's current state, accepts prompts, and leaves nothing when it is deleted", async () => {
    const world = await new DaemonWorld().start();
    writeFileSync(join(world.repository, "readme"), "two\n");
    writeFileSync(join(world.repository, "new file"), "untracked\n");
    const created = await world.create({ name: "first" });
    expect(created).toMatchObject({ name: "first", spec: { branch: "clauderon/first" }, status: { phase: "Pending" } });
    const { status } = await world.until("first", "Running", "Idle");
    const work = status.workingDirectory ?? "";
    expect(readFileSync(join(work, "readme"), "utf8")).toBe("two\n");
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: work, encoding: "utf8" })).toBe(
      world.git("status", "--porcelain").replace(/^M/, " M") + "\n",
    );
    expect(await world.ask("POST", "/api/sessions/first/prompt", { prompt: "sleeper" })).toMatchObject({ status: 200 });
    await expect
      .poll(async () => (await world.session("first")).status, POLL)
      .toMatchObject({ turns: 1, activity: "Idle" });
    expect(await world.ask("DELETE", "/api/sessions/first?discardWork=true")).toEqual({
      status: 200,
      body: { name: "first" },
    });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
    expect(await world.list()).toEqual([]);
    expect(world.git("status", "--porcelain")).toContain("new file");
  });

  it("gets its first prompt once, whatever happens to the daemon", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "told", prompt: "-say 'quoted' \"text\"\nof two lines" });
    await world.end("SIGKILL");
    await world.start();
    await expect
      .poll(async () => (await world.session("told")).status, POLL)
      .toMatchObject({ turns: 1, activity: "Idle" });
    await world.end("SIGKILL");
    await world.start();
    await world.ask("POST", "/api/sessions/told/recreate");
    await expect.poll(async () => (await world.session("told")).status.message, POLL).toBeUndefined();
    await world.until("told", "Running", "Idle");
    expect((await world.session("told")).status.turns).toBe(1);
  });

  it("gets a pronounceable name that no other session has", async () => {
    const world = await new DaemonWorld().start();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => world.create()));
    expect(new Set(sessions.map(({ name }) => name)).size).toBe(10);
    for (const { name } of sessions) expect(name).toMatch(/^[a-z]+-[a-z]+(-\d+)?$/);
    await Promise.all(sessions.map(({ name }) => world.until(name, "Running", "Idle")));
    const [first] = sessions;
    const again = { repository: world.repository, agent: "scripted", name: first?.name };
    expect(await world.ask("POST", "/api/sessions", again)).toMatchObject({
      status: 409,
      body: { error: { code: "SESSION_EXISTS" } },
    });
    const deletions = sessions.map(({ name }) => world.ask("DELETE", `/api/sessions/${name}`));
    expect((await Promise.all(deletions)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("is archived without a process, is unarchived, and continues after a recreate", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "pause" });
    await world.until("pause", "Running", "Idle");
    await world.ask("POST", "/api/sessions/pause/prompt", { prompt: "say before" });
    await expect.poll(async () => (await world.session("pause")).status.turns, POLL).toBe(1);
    const { conversationId } = (await world.session("pause")).status;
    writeFileSync(join(world.home, "sessions/pause/work/kept"), "work\n");
    await world.ask("POST", "/api/sessions/pause/archive");
    await world.until("pause", "Archived");
    expect(runners(world.home)).toEqual([]);
    expect(await world.ask("POST", "/api/sessions/pause/prompt", { prompt: "x" })).toMatchObject({
      status: 409,
      body: { error: { code: "SESSION_NOT_RUNNING" } },
    });
    await world.ask("POST", "/api/sessions/pause/unarchive");
    await world.until("pause", "Running", "Idle");
    const [before] = runners(world.home);
    await world.ask("POST", "/api/sessions/pause/recreate");
    await expect.poll(() => runners(world.home).filter((pid) => pid !== before).length, POLL).toBe(1);
    const { status } = await world.until("pause", "Running", "Idle");
    expect(status).toMatchObject({ conversationId, turns: 1 });
    expect(readFileSync(join(world.home, "sessions/pause/work/kept"), "utf8")).toBe("work\n");
  });

  it("gets a new runner when its runner is killed, and no agent runs twice", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "phoenix" });
    await world.until("phoenix", "Running", "Idle");
    await world.ask("POST", "/api/sessions/phoenix/prompt", { prompt: "sleeper" });
    await expect.poll(async () => (await world.session("phoenix")).status.turns, POLL).toBe(1);
    const [pid = 0] = runners(world.home);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => runners(world.home).filter((other) => other !== pid).length, POLL).toBe(1);
    await world.until("phoenix", "Running", "Idle");
    const agents = processesOf(world.home).filter(({ line }) => line.includes("terminal.mjs"));
    expect(agents.map(({ line }) => line)).toEqual([expect.stringContaining("--resume=")]);
    expect(processesOf(world.home).filter(({ line }) => line.startsWith("sleep "))).toEqual([]);
  });

  it("is Failed with its cause when it cannot be created, and delete removes all of it", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "doomed", command: ["/nonexistent/agent"] });
    const { status } = await world.until("doomed", "Running", "Failed");
    expect(status.message).toContain("/nonexistent/agent");
    expect(await world.ask("DELETE", "/api/sessions/doomed")).toMatchObject({ status: 200 });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("is refused while another daemon has one of that name in the repository, even without a branch", async () => {
    const [first, second] = [await new DaemonWorld().start(), await new DaemonWorld().start()];
    await first.create({ name: "twin" });
    await first.until("twin", "Running", "Idle");
    const work = join(first.home, "sessions/twin/work");
    writeFileSync(join(work, "result"), "precious\n");
    execFileSync("git", ["checkout", "--quiet", "--detach"], { cwd: work });
    first.git("branch", "--quiet", "-D", "clauderon/twin");
    await first.ask("POST", "/api/sessions/twin/pull");
    const same = { repository: first.repository, agent: "scripted", name: "twin" };
    expect((await second.ask("POST", "/api/sessions", same)).body).toEqual(error("SESSION_EXISTS", '"twin"'));
    expect(await second.list()).toEqual([]);
    expect(first.git("show", "refs/clauderon/sessions/twin/work:result")).toBe("precious");
    expect((await first.ask("DELETE", "/api/sessions/twin")).body).toMatchObject({ name: "twin" });
    expect(first.git("show", "refs/clauderon/rescued/twin:result")).toBe("precious");
  });

  it("is refused immediately when its repository, branch or agent is invalid", async () => {
    const world = await new DaemonWorld().start();
    const refusal = async (session: object) =>
      (await world.ask("POST", "/api/sessions", { agent: "scripted", ...session })).body;
    mkdirSync(join(world.folder, "plain"));
    expect(await refusal({ repository: "/nonexistent" })).toEqual(error("REPOSITORY_UNAVAILABLE", "/nonexistent"));
    expect(await refusal({ repository: join(world.folder, "plain") })).toEqual(
      error("REPOSITORY_UNAVAILABLE", "git checkout"),
    );
    execFileSync("git", ["init", "--quiet", join(world.folder, "empty")]);
    expect(await refusal({ repository: join(world.folder, "empty") })).toEqual(
      error("REPOSITORY_UNAVAILABLE", "no commit"),
    );
    world.git("branch", "clauderon/mine");
    expect(await refusal({ repository: world.repository, name: "mine" })).toEqual(
      error("SESSION_EXISTS", "clauderon/mine"),
    );
    expect(await refusal({ repository: world.repository, base: "--help" })).toEqual(error("SPEC_INVALID", "--help"));
    expect(await refusal({ repository: world.repository, backend: "kubernetes" })).toEqual(
      error("FEATURE_DISABLED", "kubernetes"),
    );
    expect(await refusal({ repository: world.repository, name: "Bad_Name" })).toEqual(error("SPEC_INVALID", "name"));
    expect(await refusal({ repository: world.repository, prompt: "a\0b" })).toEqual(error("SPEC_INVALID", "NUL"));
    expect(await world.list()).toEqual([]);
  });

  it("works in the checkout itself only on request, and as the only session there", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "inside", worktree: false });
    const { status, spec } = await world.until("inside", "Running", "Idle");
    expect([status.workingDirectory, spec.branch]).toEqual([world.repository, "main"]);
    const second = { repository: world.repository, agent: "scripted", worktree: false };
    expect(await world.ask("POST", "/api/sessions", second)).toMatchObject({ status: 409 });
    expect(await world.ask("DELETE", "/api/sessions/inside")).toMatchObject({ status: 200 });
    expect(existsSync(join(world.repository, "readme"))).toBe(true);
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("has work that exists nowhere else rescued when it is deleted, whatever its folders' permissions", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "worker" });
    await world.until("worker", "Running", "Idle");
    const work = join(world.home, "sessions/worker/work");
    mkdirSync(join(work, "locked"));
    writeFileSync(join(work, "locked/result"), "precious\n");
    symlinkSync("/etc", join(work, "link"));
    chmodSync(join(work, "locked"), 0o555);
    const { body } = await world.ask("DELETE", "/api/sessions/worker");
    expect(body).toEqual({ name: "worker", rescuedRef: "refs/clauderon/rescued/worker" });
    expect(world.git("show", "refs/clauderon/rescued/worker:locked/result")).toBe("precious");
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("the daemon's home", () => {
  it("is accessible only to the user, with everything in it", async () => {
    const world = await new DaemonWorld().start();
    await world.create({ name: "private" });
    await world.until("private", "Running", "Idle");
    const modeOf = (path: string) => (statSync(join(world.home, path)).mode & 0o077).toString(8);
    const paths = [
      "",
      "daemon.sock",
      "daemon.log",
      "sessions.db",
      "sessions/private/runner.sock",
      "sessions/private/session.json",
    ];
    expect(paths.map(modeOf)).toEqual(paths.map(() => "0"));
  });
});
