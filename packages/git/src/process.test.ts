import { describe, expect, it } from "vitest";
import { runProcess } from "./process.ts";

const run = (script: string, maxOutputBytes?: number) =>
  runProcess("sh", ["-c", script], { cwd: "/", environment: { PATH: process.env["PATH"] ?? "" }, maxOutputBytes });

describe("runProcess", () => {
  it("tells a folder that is gone from a program that is not there", async () => {
    const environment = { PATH: process.env["PATH"] ?? "" };
    await expect(runProcess("git", ["--version"], { cwd: "/nonexistent", environment })).rejects.toMatchObject({
      message: "The folder /nonexistent no longer exists",
    });
    await expect(runProcess("no-such-git", [], { cwd: "/", environment })).rejects.toMatchObject({
      message: expect.stringContaining("Cannot start no-such-git in /") as unknown,
      hint: "Install no-such-git",
    });
  });

  it("ends a program that says more than is taken, and never calls that a success", async () => {
    const flood = await run("while echo flood; do :; done", 1_000);
    expect(flood.code).not.toBe(0);
    expect(flood.stdout.length).toBeLessThanOrEqual(1_000);
    // It may have ended by itself before it was told to.
    expect((await run("echo four", 3)).code).toBe(1);
    expect(await run("echo four", 5)).toMatchObject({ code: 0, stdout: "four\n" });
  });
});
