import { FAULTS } from "@clauderon/base/fault";
import { RUN_EXIT, type RunFailure } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { runFault } from "./runFault.ts";
import type { FinishedRun } from "./finishedRun.ts";

const run: FinishedRun = { agentJob: "fix", run: "fix.1", folder: "/f", exitCode: 0, repositories: [] };
const failed = (reason: RunFailure): FinishedRun => ({
  ...run,
  exitCode: 1,
  summary: { outcome: "Failed", reason, message: "because" },
});

describe("runFault", () => {
  it("returns no fault for a successful run", () => {
    expect(runFault(run)).toBeUndefined();
  });

  it("reports the reason, the message and where to read more", () => {
    expect(runFault(failed("RateLimited"))).toMatchObject({
      code: "AGENT_FAILED",
      message: 'AgentJob "fix" failed: RateLimited: because',
      hint: "See RateLimited in docs/errors.md, and the details in /f",
    });
  });

  it.each([
    ["AuthenticationFailed", 7],
    ["TimedOut", 9],
    ["CloneFailed", 8],
    ["SkillFailed", 8],
    ["AgentMissing", 6],
  ] as const)("gives %s the exit code %i", (reason, exit) => {
    const fault = runFault(failed(reason));
    expect(fault && FAULTS[fault.code].exit).toBe(exit);
  });

  it("treats a runner without a summary as crashed unless its exit code says more", () => {
    expect(runFault({ ...run, exitCode: 134 })?.message).toBe(
      'AgentJob "fix" failed: AgentCrashed: The runner exited with code 134',
    );
    expect(runFault({ ...run, exitCode: RUN_EXIT.timedOut })?.code).toBe("TIMEOUT");
  });
});
