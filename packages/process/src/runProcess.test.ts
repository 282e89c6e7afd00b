import { describe, expect, it } from "vitest";
import { type RunOptions, runProcess } from "./runProcess.ts";

const run = (script: string, options: Partial<RunOptions> = {}) =>
  runProcess("sh", ["-c", script], { cwd: "/", environment: { PATH: process.env["PATH"] ?? "" }, ...options });

describe("runProcess", () => {
  it("distinguishes a missing folder and a missing program", async () => {
    const environment = { PATH: process.env["PATH"] ?? "" };
    await expect(runProcess("git", ["--version"], { cwd: "/nonexistent", environment })).rejects.toMatchObject({
      message: "The folder /nonexistent no longer exists",
    });
    await expect(runProcess("no-such-git", [], { cwd: "/", environment })).rejects.toMatchObject({
      message: expect.stringContaining("Cannot start no-such-git in /") as unknown,
      hint: "Install no-such-git or put it on the PATH",
    });
  });

  it("ends a program that prints more than the limit, and reports no success", async () => {
    const flood = await run("while echo flood; do :; done", { maxOutputBytes: 1_000 });
    expect(flood.code).not.toBe(0);
    expect(flood.stdout.length).toBeLessThanOrEqual(1_000);
    // It may have ended by itself before the signal came.
    expect((await run("echo four", { maxOutputBytes: 3 })).code).toBe(1);
    expect(await run("echo four", { maxOutputBytes: 5 })).toMatchObject({ code: 0, stdout: Buffer.from("four\n") });
  });

  it("ends a program with its group on a stop, also on a stop before its start", async () => {
    const stop = new AbortController();
    const onStderr = () => stop.abort();
    // The background process would hold the pipes.
    const running = run("sleep 600 & echo up >&2; wait", { stop: stop.signal, onStderr });
    expect(await running).toMatchObject({ code: 1, stderr: "up\nSIGTERM" });
    expect(await run("sleep 600", { stop: stop.signal })).toMatchObject({ code: 1, stderr: "SIGTERM" });
  });

  it("ends a program at its deadline, and reports that", async () => {
    await expect(run("sleep 600", { deadlineMs: 50 })).rejects.toMatchObject({
      code: "TIMEOUT",
      message: "sh did not end within 0.05 s",
    });
  });

  it("ends a program that writes nothing for a while, and reports that; one that keeps writing may take long", async () => {
    await expect(run("echo begun; sleep 600", { idleMs: 200 })).rejects.toMatchObject({
      code: "TIMEOUT",
      message: "sh wrote nothing for 0.2 s",
    });
    const steady = "for part in $(seq 8); do echo $part >&2; sleep 0.5; done";
    expect(await run(steady, { idleMs: 3_000 })).toMatchObject({ code: 0 });
  });

  it("returns output as bytes, and takes bytes as input", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xe9]);
    expect((await run("cat", { stdin: bytes })).stdout).toEqual(bytes);
  });
});
