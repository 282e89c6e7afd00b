import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DaemonInside } from "./daemonInside.ts";
import { POLL } from "./daemonProcess.ts";

/** Fast enough that nobody waits, and slow enough for a runner that is alive on a busy machine. */
const HASTE = 10;
const BACKENDS = ["local", "kubernetes"] as const;

const UNANSWERED = {
  code: "SESSION_NOT_RUNNING",
  message: expect.stringContaining('The runner of session "still" does not answer') as unknown,
};

/** A session whose runner stands still, with work that is nowhere else. */
async function standstill(backend: (typeof BACKENDS)[number]) {
  const daemon = await new DaemonInside().start();
  await daemon.create("still", backend);
  writeFileSync(join(daemon.workOf("still"), "result"), "precious\n");
  const [runner = 0] = daemon.runners("still");
  process.kill(runner, "SIGSTOP");
  daemon.haste = HASTE;
  return { daemon, runner };
}

describe.each(BACKENDS)("a runner that stands still (%s)", (backend) => {
  it("is listed and shown, and a prompt to it fails with what to do", async () => {
    const { daemon, runner } = await standstill(backend);
    await expect(daemon.sessions.prompt("still", "say hello")).rejects.toMatchObject({
      ...UNANSWERED,
      hint: expect.stringContaining("clauderon recreate still") as unknown,
    });
    expect(daemon.sessions.list().map(({ name }) => name)).toEqual(["still"]);
    await daemon.until("still", ({ status }) => status.message?.includes("does not answer") === true);
    expect(daemon.sessions.get("still").status).toMatchObject({ phase: "Pending", reason: "SessionNotRunning" });
    daemon.haste = 1;
    process.kill(runner, "SIGCONT");
    await daemon.until("still", ({ status }) => status.phase === "Running");
    await daemon.sessions.prompt("still", "say hello");
  });

  it("is removed when its work is discarded, even while an ordinary delete waits for it", async () => {
    const { daemon } = await standstill(backend);
    const deleted = daemon.sessions.delete("still", false);
    deleted.catch(() => undefined);
    expect(await daemon.sessions.delete("still", true)).toMatchObject({ name: "still" });
    expect(daemon.runners("still")).toEqual([]);
  });

  it("does not delay a daemon that stops, whatever waits for the runner", async () => {
    const { daemon, runner } = await standstill(backend);
    daemon.haste = 1;
    const asked = [daemon.sessions.prompt("still", "say hello"), daemon.sessions.delete("still", false)];
    for (const each of asked) each.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const begun = performance.now();
    await daemon.stop();
    expect(performance.now() - begun).toBeLessThan(15_000);
    process.kill(runner, "SIGCONT");
  });
});

describe("a runner that stands still", () => {
  it("loses no work of a worktree whose session is deleted", async () => {
    const { daemon } = await standstill("local");
    expect(await daemon.sessions.delete("still", false)).toMatchObject({ rescuedRef: "refs/clauderon/rescued/still" });
    expect(daemon.git("show", "refs/clauderon/rescued/still:result")).toBe("precious");
    expect([daemon.runners("still"), daemon.sessions.list()]).toEqual([[], []]);
  });

  it("refuses to let its session be deleted with work of its own, which continues when the runner does", async () => {
    const { daemon, runner } = await standstill("kubernetes");
    await expect(daemon.sessions.delete("still", false)).rejects.toMatchObject({
      ...UNANSWERED,
      hint: "The daemon keeps the work and tries again until it has it. Or discard its work: clauderon delete --discard-work still",
    });
    expect(existsSync(join(daemon.workOf("still"), "result"))).toBe(true);
    expect(daemon.runners("still")).toEqual([runner]);
    daemon.haste = 1;
    process.kill(runner, "SIGCONT");
    await expect.poll(() => daemon.sessions.list(), POLL).toEqual([]);
    expect(daemon.git("show", "refs/clauderon/rescued/still:result")).toBe("precious");
    expect(daemon.runners("still")).toEqual([]);
  });

  it("before its greeting is reported and waited for, and used when it continues", async () => {
    const daemon = await new DaemonInside().start();
    daemon.haste = HASTE;
    daemon.pods.atStart = "SIGSTOP";
    const { repository } = daemon;
    await daemon.sessions.create({ name: "still", repository, backend: "kubernetes", agent: "scripted" });
    await daemon.until("still", ({ status }) => status.message?.includes("does not answer") === true);
    const [runner = 0] = daemon.runners("still");
    daemon.haste = 1;
    process.kill(runner, "SIGCONT");
    await daemon.until("still", ({ status }) => status.phase === "Running");
    expect(daemon.runners("still")).toEqual([runner]);
  });

  it("in the middle of a transfer ends the pull, which leaves nothing behind, and the next one succeeds", async () => {
    const daemon = await new DaemonInside().start();
    await daemon.create("still", "kubernetes");
    const [runner = 0] = daemon.runners("still");
    writeFileSync(join(daemon.workOf("still"), "large"), randomBytes(60_000_000));
    const pulled = daemon.sessions.pull("still");
    const failure = pulled.catch((thrown: unknown) => thrown);
    await expect
      .poll(() => daemon.told.some((event) => event.type === "progress" && event.step === "Receiving objects"), POLL)
      .toBe(true);
    process.kill(runner, "SIGSTOP");
    daemon.haste = HASTE;
    expect(await failure).toMatchObject(UNANSWERED);
    const left = execFileSync("find", [join(daemon.repository, ".git/objects"), "-name", "tmp_*"], {
      encoding: "utf8",
    });
    expect(left).toBe("");
    daemon.haste = 1;
    process.kill(runner, "SIGCONT");
    await daemon.until("still", ({ status }) => status.phase === "Running");
    expect(await daemon.sessions.pull("still")).toMatchObject({ changed: true });
  });

  it("does not prevent its session from being archived, and its work stays on its volume", async () => {
    const { daemon } = await standstill("kubernetes");
    daemon.sessions.archive("still");
    await daemon.until("still", ({ status }) => status.phase === "Archived");
    expect(existsSync(join(daemon.pods.workOf("still"), "result"))).toBe(true);
    await expect(daemon.sessions.delete("still", false)).rejects.toMatchObject({ code: "SESSION_NOT_RUNNING" });
  });
});
