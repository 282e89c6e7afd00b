import { Fault } from "@clauderon/base/fault";
import type { DaemonEvent, Session } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { exampleSession } from "./model/session.fixture.ts";
import { waitUntilAgentRuns, waitUntilAgentStarts, waitUntilRunning } from "./waitUntilRunning.ts";

type Status = Partial<Session["status"]>;

/** The state before it lasts longer than anybody waits. */
const lasting = () => vi.advanceTimersByTimeAsync(1_000);

/** Time passes only where a test says that a state lasts. */
function withVirtualTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

/** A daemon that reports one session in these states, and then nothing. */
function telling(...statuses: readonly (Status | typeof lasting)[]) {
  const seen = { states: 0 };
  const client = {
    async *events(signal?: AbortSignal): AsyncGenerator<DaemonEvent, never> {
      for (const status of statuses) {
        if (typeof status === "function") {
          await status();
          signal?.throwIfAborted();
          continue;
        }
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

  it("waits for an agent that is restarted, however long that lasts", async () => {
    withVirtualTime();
    const restarting = { activity: "Unknown", reason: "AgentRestarting" } as const;
    await expect(waitUntilAgentRuns("web", telling(restarting, lasting, MISSING).wait)).rejects.toMatchObject({
      code: "AGENT_UNAVAILABLE",
    });
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

  describe.each([waitUntilAgentRuns, waitUntilAgentStarts])("as %o", (waitUntil) => {
    it.each([
      [{ phase: "Pending", reason: "ClusterRefused", message: "exceeded quota" }, "CLUSTER_REFUSED"],
      [{ phase: "Pending", reason: "SessionNotRunning", message: "It does not answer" }, "SESSION_NOT_RUNNING"],
      [{ phase: "Error", reason: "ClusterUnavailable", message: "No route" }, "CLUSTER_UNAVAILABLE"],
    ] as const)("fails when trouble lasts, and says that the daemon keeps trying: %j", async (status, code) => {
      withVirtualTime();
      const { wait } = telling({ phase: "Pending" }, { ...status, hint: "Do this" }, lasting, { activity: "Idle" });
      await expect(waitUntil("web", wait)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(status.message) as unknown,
        hint: expect.stringMatching(/^Do this\. (.*\. )?The daemon keeps trying: run `clauderon show web`/) as unknown,
      });
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
  withVirtualTime();
  const { wait } = telling({ phase: "Error", reason: "ClusterUnavailable" }, lasting, MISSING);
  expect((await waitUntilRunning("web", wait)).status).toMatchObject(MISSING);
});

describe.each([waitUntilRunning, waitUntilAgentStarts, waitUntilAgentRuns])("%o", (waitUntil) => {
  it.each(["Failed", "Missing", "Archived", "Deleting"] as const)(
    "fails in a phase that only a command ends: %s",
    async (phase) => {
      const { wait } = telling({ phase }, { activity: "Idle" });
      await expect(waitUntil("web", wait)).rejects.toThrow(`Session "web" is ${phase}`);
    },
  );
});
