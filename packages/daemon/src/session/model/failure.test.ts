import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { exampleEntry } from "./entry.fixture.ts";
import { connectRetryMs, failureOf, judgeFailure } from "./failure.ts";

const entry = exampleEntry();
const fault = (code: "SESSION_EXISTS" | "CLUSTER_UNAVAILABLE" | "REPOSITORY_UNAVAILABLE") =>
  new Fault(code, "Why", { hint: "Do" });

describe("judgeFailure", () => {
  it("gives up immediately when waiting cannot help", () => {
    expect(judgeFailure(fault("SESSION_EXISTS"), entry, 1, 0)).toEqual({
      giveUp: { code: "SESSION_EXISTS", message: "Why", hint: "Do" },
    });
  });

  it("retries other causes a few times, and a cluster's forever, with growing delays", () => {
    expect(judgeFailure(fault("REPOSITORY_UNAVAILABLE"), entry, 1, 0.5)).toEqual({ retryMs: 500 });
    expect(judgeFailure(fault("REPOSITORY_UNAVAILABLE"), entry, 4, 0.5)).toHaveProperty("giveUp");
    expect(judgeFailure(new Error("bug"), entry, 4, 0.5)).toMatchObject({ giveUp: { code: "BUG" } });
    expect(judgeFailure(fault("CLUSTER_UNAVAILABLE"), entry, 1_000, 0.5)).toEqual({ retryMs: 60_000 });
  });

  it("never gives up a removal", () => {
    const deleted = exampleEntry({ wanted: "Deleted" });
    expect(judgeFailure(fault("SESSION_EXISTS"), deleted, 1_000, 0.5)).toEqual({ retryMs: 60_000 });
  });
});

it("connectRetryMs doubles from half a second to ten", () => {
  expect([1, 2, 3, 6, 1_000].map((attempts) => connectRetryMs(attempts, 0.5))).toEqual([
    500, 1_000, 2_000, 10_000, 10_000,
  ]);
});

describe("failureOf", () => {
  it("keeps code, message and hint of a Fault, and marks a bug as a bug", () => {
    expect(failureOf(new Fault("TIMEOUT", "Late"))).toEqual({ code: "TIMEOUT", message: "Late" });
    expect(failureOf(new TypeError("x is undefined"))).toMatchObject({ code: "BUG", message: "x is undefined" });
  });

  it("removes what a terminal acts on", () => {
    const clipboard = "\u001b]52;c;c3RvbGVu\u0007";
    const hint = `${clipboard}Do`;
    expect(JSON.stringify(failureOf(new Fault("AGENT_FAILED", clipboard, { hint })))).not.toMatch(/u001b|u0007/);
    expect(failureOf(new Error(clipboard)).message).toBe("]52;c;c3RvbGVu");
  });
});
