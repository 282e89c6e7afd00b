import type { ResultStep } from "@clauderon/agents";
import { RUN_EXIT, RUN_FAILURES } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { type AgentEnd, runExitCode, judge } from "./outcome.ts";

const SUCCESS: ResultStep = { type: "result", verdict: { ok: true } };
const refusal = (status?: number): ResultStep => ({
  type: "result",
  verdict: { ok: false, reason: "AuthenticationFailed", detail: "no", ...(status === undefined ? {} : { status }) },
});

const ended = (end: Partial<AgentEnd>): AgentEnd => ({
  result: undefined,
  exit: { code: 0, signal: undefined },
  stopped: undefined,
  stderrTail: [],
  credentialVariable: "MY_TOKEN",
  timeoutSeconds: 60,
  model: "m-1",
  ...end,
});

describe("judge", () => {
  it("accepts a success with exit code 0, also when the runner ended the agent after it", () => {
    expect(judge(ended({ result: SUCCESS }))).toEqual({ ok: true });
    expect(judge(ended({ result: SUCCESS, exit: { code: undefined, signal: "SIGTERM" } }))).toEqual({ ok: true });
    expect(judge(ended({ result: SUCCESS, exit: { code: 143, signal: undefined }, stopped: "Stopped" }))).toEqual({
      ok: true,
    });
  });

  it("does not accept a success when the exit code contradicts it", () => {
    const message = "The agent exited with code 3 after it had reported success: oops";
    const end = ended({ result: SUCCESS, exit: { code: 3, signal: undefined }, stderrTail: ["first", "oops"] });
    expect(judge(end)).toEqual({ ok: false, reason: "AgentCrashed", message });
  });

  it("names the variable of a refused credential and distinguishes a missing one", () => {
    expect(judge(ended({ result: refusal(401), exit: { code: 1, signal: undefined } }))).toMatchObject({
      message: "The model API refused the credential in MY_TOKEN (401): no",
    });
    expect(judge(ended({ result: refusal() }))).toMatchObject({
      message: "The agent has no usable credential in MY_TOKEN: no",
    });
  });

  it("attributes an agent's last errors to the stop or the deadline", () => {
    expect(judge(ended({ result: refusal(401), stopped: "TimedOut" }))).toMatchObject({ reason: "TimedOut" });
    expect(judge(ended({ stopped: "Stopped", exit: { code: 143, signal: undefined } }))).toMatchObject({
      reason: "Stopped",
    });
  });

  it("reports a crash with its code, a kill with its signal, and a missing result", () => {
    expect(judge(ended({ exit: { code: 1, signal: undefined } }))).toMatchObject({ reason: "AgentCrashed" });
    expect(judge(ended({ exit: { code: undefined, signal: "SIGKILL" } }))).toMatchObject({
      message: "The agent was killed by SIGKILL without a result",
    });
    expect(judge(ended({}))).toMatchObject({ reason: "NoResult" });
  });
});

describe("runExitCode", () => {
  it("gives every failure an exit code that identifies it without a summary", () => {
    const codes = RUN_FAILURES.map((reason) => [reason, runExitCode({ ok: false, reason, message: "" })]);
    expect(Object.fromEntries(codes)).toEqual({
      AuthenticationFailed: RUN_EXIT.agentFailed,
      RateLimited: RUN_EXIT.agentFailed,
      BillingError: RUN_EXIT.agentFailed,
      ModelError: RUN_EXIT.agentFailed,
      MaxTurns: RUN_EXIT.agentFailed,
      AgentError: RUN_EXIT.agentFailed,
      AgentCrashed: RUN_EXIT.agentFailed,
      NoResult: RUN_EXIT.agentFailed,
      Stopped: RUN_EXIT.stopped,
      TimedOut: RUN_EXIT.timedOut,
      CloneFailed: RUN_EXIT.notStarted,
      SkillFailed: RUN_EXIT.notStarted,
      ConfigInvalid: RUN_EXIT.notStarted,
      AgentMissing: RUN_EXIT.notStarted,
      BoundaryLeaks: RUN_EXIT.notStarted,
    });
    expect(runExitCode({ ok: true })).toBe(0);
  });
});
