import { type FaultCode, FAULTS, faultText } from "@clauderon/base/fault";
import { describe, expect, it } from "vitest";
import { describeSession } from "./describeSession.ts";
import { exampleSession } from "./session.fixture.ts";
import { sessionFault } from "./sessionFault.ts";
import { sessionRow } from "./sessionRow.ts";

const PENDING = {
  phase: "Pending",
  reason: "Unschedulable",
  message: "0/1 nodes: memory",
  hint: "Ask for less",
} as const;

describe("describeSession", () => {
  it("shows why a session waits and what to do", () => {
    const text = describeSession(exampleSession(PENDING, { backend: "kubernetes", memoryLimit: "8Gi" }), () => "3s");
    expect(text).toContain("Phase:            Pending (Unschedulable)\nMessage:          0/1 nodes: memory");
    expect(text).toContain("What to do:       Ask for less");
    expect(text).toContain("Memory limit:     8Gi");
    expect(text).toContain("Created:          2026-01-02T03:04:05.000Z (3s ago)");
    expect(text).not.toContain("Sandbox");
  });

  it("shows the variables that the session was created with", () => {
    const text = describeSession(exampleSession({}, { environment: { IS_SANDBOX: "1", A: "b" } }), () => "3s");
    expect(text).toMatch(/^Environment: +IS_SANDBOX=1\n +A=b$/m);
  });

  it("shows the boundary of the agent, or that there is none", () => {
    const egress = { mode: "Enforce" as const, allow: [], presets: [], credentials: [] };
    expect(describeSession(exampleSession({}, { sandbox: true, egress }), () => "")).toMatch(
      /^Egress: +Enforce \(sandbox, proxy\)$/m,
    );
    const pod = exampleSession({ boundaryVerified: true }, { backend: "kubernetes", egress });
    expect(describeSession(pod, () => "")).toMatch(/^Egress: +Enforce \(pod, proxy, verified\)$/m);
    expect(describeSession(exampleSession({}), () => "")).toMatch(/^Egress: +Open \(no boundary\)$/m);
  });

  it.each([
    [{ activity: "WaitingForPermission" }, "Run `clauderon attach web` to answer the agent"],
    [{ phase: "Archived" }, "Run `clauderon unarchive web` to resume it"],
    [{ phase: "Missing" }, "Run `clauderon recreate web` to continue its work"],
    [{ phase: "Failed" }, "Run `clauderon recreate web` to try again, or `clauderon delete web` to delete it"],
  ] as const)("has advice for %j", (status, advice) => {
    expect(describeSession(exampleSession(status), () => "")).toContain(advice);
  });
});

describe("sessionRow", () => {
  it("shows the reason of a phase, and the activity only when the agent runs", () => {
    expect(sessionRow(exampleSession(PENDING), "3s")).toEqual([
      "web",
      "local",
      "claude-code",
      "Pending (Unschedulable)",
      "-",
      "clauderon/web",
      "3s",
    ]);
    expect(sessionRow(exampleSession({ activity: "Working" }), "3s")[4]).toBe("Working");
  });
});

const failed = (reason: string, message: string) =>
  faultText(sessionFault(exampleSession({ activity: "Failed", reason, message, hint: "Again" })));

describe("sessionFault", () => {
  it("has the code that the reason names, or AGENT_FAILED", () => {
    const missing = { phase: "Failed", reason: "CredentialMissing", message: "No token", hint: "Set it" } as const;
    expect(faultText(sessionFault(exampleSession(missing)))).toBe(
      'error[CREDENTIAL_MISSING]: Session "web" is Failed: No token\n' +
        "hint: Set it. Run `clauderon recreate web` to try again, or `clauderon delete web` to delete it",
    );
    expect(failed("AgentExited", "The agent ended with exit code 1, 3 times in a row: Not logged in")).toBe(
      `error[AGENT_FAILED]: The agent of session "web" ended with exit code 1, 3 times in a row: Not logged in\nhint: Again`,
    );
    expect(failed("AgentUnavailable", "No claude on the PATH")).toBe(
      `error[AGENT_UNAVAILABLE]: The agent of session "web" failed: No claude on the PATH\nhint: Again`,
    );
    expect(sessionFault(exampleSession({ phase: "Archived" })).message).toBe('Session "web" is Archived');
  });

  it.each(Object.keys(FAULTS) as readonly FaultCode[])(
    "has the code %s that the daemon wrote as a CamelCase reason",
    (code) => {
      const reason = code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
      expect(sessionFault(exampleSession({ phase: "Failed", reason })).code).toBe(code);
    },
  );

  it("has AGENT_FAILED for a reason that names no code", () => {
    expect(sessionFault(exampleSession({ phase: "Missing", reason: "PodGone" })).code).toBe("AGENT_FAILED");
  });
});
