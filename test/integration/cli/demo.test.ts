import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { demoPicture } from "../../../tools/demo/picture.ts";
import { processesIn } from "../../kit/processes.ts";
import { ROOT } from "../../kit/programs.ts";
import { POLL } from "./cliProcess.ts";

/** Starts the demo as `npm run demo` does, in its own process group, for a user with an empty home. */
function startDemo(args: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "demo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn("node", ["tools/demo.ts", ...args], {
    cwd: ROOT,
    env: { PATH: `${ROOT}node_modules/.bin:${process.env.PATH ?? ""}`, HOME: folder, TMPDIR: folder },
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  onTestFinished(() => void child.kill("SIGKILL"));
  const interrupt = () => process.kill(-(child.pid ?? 0), "SIGINT");
  const ended = once(child, "close").then(() => ({ exitCode: child.exitCode, output, left: readdirSync(folder) }));
  return { folder, ended, interrupt, output: () => output };
}

describe("npm run demo", () => {
  it("shows a failing test, the agent's steps, its commit and diff, the test passing, and leaves nothing", async () => {
    const demo = startDemo();
    const { exitCode, output, left } = await demo.ended;
    expect(exitCode, output).toBe(0);
    const story = [
      "not ok 2 - a century is not a leap year",
      "Bash     git commit --all",
      "Demo: Mind the century rule",
      "+  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;",
      "  ok 2 - a century is not a leap year",
      "✓ The test passes",
      "Next",
    ];
    const places = story.map((line) => output.lastIndexOf(line));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(output).not.toContain("\u001b"); // no terminal, no colours
    expect([left, processesIn(demo.folder)]).toEqual([[], []]);
  });

  it("prints what docs/demo.svg shows; after a change of either, run npm run demo:picture", async () => {
    const { output } = await startDemo().ended;
    expect(demoPicture(output)).toBe(readFileSync(join(ROOT, "docs/demo.svg"), "utf8"));
  });

  it.each(["A scratch repository", "An AgentJob runs", "claude-code", "git commit"])(
    "stopped by Ctrl-C after it showed %j leaves no process and no file",
    async (moment) => {
      const demo = startDemo();
      await expect.poll(demo.output, POLL).toContain(moment);
      demo.interrupt();
      const { exitCode, output, left } = await demo.ended;
      expect(output).toMatch(/\nStopped and cleaned up\.\n$/);
      expect([exitCode, left, processesIn(demo.folder)]).toEqual([130, [], []]);
    },
  );

  it("says what --live needs before it creates anything", async () => {
    const { exitCode, output, left } = await startDemo(["--live"]).ended;
    expect(exitCode).toBe(1);
    expect(output).toMatch(
      /^\nerror\[CREDENTIAL_MISSING\]: --live needs ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN in/,
    );
    expect(left).toEqual([]);
  });
});
