import { describe, expect, it } from "vitest";
import { setCondition } from "./conditions.ts";

const ready = { type: "Ready", status: "True", reason: "AllThere", message: "" } as const;
const before = [{ ...ready, lastTransitionTime: "2026-01-01T00:00:00Z" }];
const now = "2026-02-02T00:00:00Z";

describe("setCondition", () => {
  it("appends a new type with the current time", () => {
    const next = { type: "Suspended", status: "False", reason: "Asked", message: "" } as const;
    expect(setCondition(before, next, now)).toEqual([...before, { ...next, lastTransitionTime: now }]);
  });

  it("moves lastTransitionTime when the status changes", () => {
    expect(setCondition(before, { ...ready, status: "False" }, now)[0]?.lastTransitionTime).toBe(now);
  });

  it("keeps lastTransitionTime when only reason, message or observedGeneration change", () => {
    const [condition] = setCondition(before, { ...ready, reason: "Other", message: "m", observedGeneration: 2 }, now);
    expect(condition).toEqual({ ...before[0], reason: "Other", message: "m", observedGeneration: 2 });
  });

  it("returns the same list object when nothing changes", () => {
    expect(setCondition(before, ready, now)).toBe(before);
  });
});
