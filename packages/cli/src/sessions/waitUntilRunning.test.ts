import { Fault } from "@clauderon/base/fault";
import type { DaemonEvent, Session } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { exampleSession } from "./model/session.fixture.ts";
import { waitUntilAgentRuns, waitUntilAgentStarts, waitUntilRunning } from "./waitUntilRunning.ts";

type Status = Partial<Session["status"]>;

/** A daemon that reports one session in these states, and then nothing. */
function telling(...statuses: readonly Status[]) {
  const seen = { states: 0 };
  const client = {
    async *events(signal?: AbortSignal): AsyncGenerator<DaemonEvent, never> {
      for (const status of statuses) {
        seen.states += 1;
        yield { type: "session", session: exampleSession(status) };
      }
      return await new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    },
  } as Partial<DaemonClient> as DaemonClient;
  const context = { terminals: { stdin: false, stdout: false, stderr: false } } as CommandContext;
  const stop = new AbortController();
  return { seen, stop, wait: { client, context, signal: stop.signal, patience: { settledMs: 1, troubleMs: 1 } } };
}

const MISSING = { activity: "Failed", reason: "AgentUnavailable", message: "No claude on the PATH" } as const;

describe("waitUntilAgentRuns", () => {
  it.each([
    [MISSING, "AGENT_UNAVAILABLE", 'The agent of session "web" failed: No claude on the PATH'],
    [
      { activity: "Failed", reason: "AgentExited", message: "The agent ended with exit code 1, 3 times in a row" },
      "AGENT_FAILED",
      'The agent of session "web" ended with exit code 1, 3 times in a row',
    ],
    [
      { activity: "Completed", reason: "AgentExited", message: "The agent has ended" },
      "AGENT_FAILED",
      'The agent of session "web" has ended',
    ],
  ] as const)("fails when the agent does not run: %j", async (status, code, message) => {
    const { wait } = telling({ phase: "Pending" }, status);
    await expect(waitUntilAgentRuns("web", wait)).rejects.toMatchObject({ code, message });
  });

  it("waits for the first report of an agent, or for a while in which it does not end", async () => {
    const silent = { activity: "Unknown" } as const;
    const restarting = { ...silent, reason: "AgentRestarting", message: "The agent ended with exit code 127" } as const;
    const crashed = {
      activity: "Failed",
      reason: "AgentExited",
      message: "The agent ended with exit code 127",
    } as const;
    await expect(waitUntilAgentRuns("web", telling(silent, restarting, crashed).wait)).rejects.toMatchObject({
      code: "AGENT_FAILED",
    });
    expect((await waitUntilAgentRuns("web", telling(silent, { activity: "Idle" }).wait)).status.activity).toBe("Idle");
    expect((await waitUntilAgentRuns("web", telling(restarting, silent).wait)).status).toMatchObject(silent);
  });

  it("is not waitUntilAgentStarts, which leaves an agent that ends to who sees it", async () => {
    const silent = { activity: "Unknown" } as const;
    expect((await waitUntilAgentStarts("web", telling(silent, MISSING).wait)).status).toMatchObject(silent);
    await expect(waitUntilAgentStarts("web", telling({ phase: "Pending" }, MISSING).wait)).rejects.toMatchObject({
      code: "AGENT_UNAVAILABLE",
    });
  });

  it("takes an agent whose first turn failed for one that runs", async () => {
    const { wait } = telling({ activity: "Failed", reason: "TurnFailed", message: "Overloaded" });
    expect((await waitUntilAgentRuns("web", wait)).status.reason).toBe("TurnFailed");
  });

  it.each([
    [{ phase: "Pending", reason: "ClusterRefused", message: "exceeded quota" }, "CLUSTER_REFUSED"],
    [{ phase: "Pending", reason: "SessionNotRunning", message: "It does not answer" }, "SESSION_NOT_RUNNING"],
    [{ phase: "Error", reason: "ClusterUnavailable", message: "No route" }, "CLUSTER_UNAVAILABLE"],
  ] as const)("fails when trouble lasts, and says that the daemon keeps trying: %j", async (status, code) => {
    const { wait } = telling({ phase: "Pending" }, status);
    await expect(waitUntilAgentRuns("web", wait)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(status.message) as unknown,
      hint: expect.stringContaining("The daemon keeps trying: run `clauderon show web`") as unknown,
    });
  });

  it("waits for a pod that waits, and through trouble that passes", async () => {
    const trouble = { phase: "Pending", reason: "ClusterRefused" } as const;
    const { wait, seen, stop } = telling(trouble, { phase: "Pending", reason: "Unschedulable" });
    const waiting = waitUntilAgentRuns("web", wait);
    await expect.poll(() => seen.states).toBe(2);
    stop.abort(new Fault("TIMEOUT", "The test has seen enough"));
    await expect(waiting).rejects.toMatchObject({ code: "TIMEOUT" });
  });
});

it("waitUntilRunning leaves the agent and trouble that lasts to who watches", async () => {
  const { wait } = telling({ phase: "Error", reason: "ClusterUnavailable" }, MISSING);
  expect((await waitUntilRunning("web", wait)).status).toMatchObject(MISSING);
});
