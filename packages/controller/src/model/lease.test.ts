import { describe, expect, it } from "vitest";
import { held, isFree, released, sighted } from "./lease.ts";

const term = (wallTime: string) => ({ wallTime, durationSeconds: 15 });
const theirs = held({}, "a", term("T0"));

describe("isFree", () => {
  it("grants the lease to its holder immediately, and to others after the duration without a change", () => {
    const seen = sighted(theirs, undefined, 1000);
    expect(isFree(theirs, "a", { at: seen.at, now: 1001 })).toBe(true);
    expect(isFree(theirs, "b", { at: seen.at, now: 15_999 })).toBe(false);
    expect(isFree(theirs, "b", { at: seen.at, now: 16_000 })).toBe(true);
  });

  it("counts from the last observed change, whatever time the holder wrote", () => {
    const first = sighted(theirs, undefined, 1000);
    expect(sighted({ ...theirs }, first, 9000).at).toBe(1000);
    expect(sighted(held(theirs, "a", term("1970-01-01T00:00:00Z")), first, 9000).at).toBe(9000);
  });

  it("grants a released lease to anyone immediately", () => {
    expect(isFree(released(theirs, "T1"), "b", { at: 0, now: 0 })).toBe(true);
  });
});

describe("held", () => {
  it("keeps the time of acquisition over renewals and counts the changes of holder", () => {
    const renewed = held(theirs, "a", term("T1"));
    expect(renewed).toMatchObject({ acquireTime: "T0", renewTime: "T1", leaseTransitions: 1 });
    expect(held(renewed, "b", term("T2"))).toMatchObject({
      holderIdentity: "b",
      acquireTime: "T2",
      leaseTransitions: 2,
    });
  });
});
