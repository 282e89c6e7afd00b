import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { checkSessionLimits, type SessionLimits } from "./sessionResources.ts";

function refusal(limits: Partial<SessionLimits>): string | undefined {
  try {
    checkSessionLimits(limits);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Fault ? `${thrown.code} ${thrown.message}; ${thrown.hint}` : String(thrown);
  }
}

describe("checkSessionLimits", () => {
  it.each(["4", "500m", "0.5", "2.25", "1e1"])("takes %s of CPU", (cpu) => {
    expect(refusal({ cpu })).toBeUndefined();
  });

  it.each(["8Gi", "512Mi", "1G", "536870912", "1.5Gi"])("takes %s of memory", (memory) => {
    expect(refusal({ memory })).toBeUndefined();
  });

  it("refuses 512m of memory, which would be half a byte, and says what was meant", () => {
    const words = refusal({ memory: "512m" });
    expect(words).toMatch(/^SPEC_INVALID .*"512m" is in thousandths of a byte/);
    expect(words).toContain("512Mi");
  });

  it.each([
    [{ cpu: "0" }, /CPU limit "0"/],
    [{ cpu: "-1" }, /CPU limit "-1"/],
    [{ cpu: "four" }, /CPU limit "four" is not a Kubernetes quantity/],
    [{ cpu: "4 cores" }, /CPU limit "4 cores"/],
    [{ cpu: "100u" }, /finer than a thousandth/],
    [{ memory: "8GB" }, /memory limit "8GB" is not a Kubernetes quantity/],
    [{ memory: "0" }, /memory limit "0"/],
    [{ memory: "8000m" }, /thousandths of a byte/],
    [{ memory: "8" }, /too small/],
    [{ memory: "64Mi" }, /too small/],
  ])("refuses %j", (limits, words) => {
    expect(refusal(limits)).toMatch(words);
  });
});
