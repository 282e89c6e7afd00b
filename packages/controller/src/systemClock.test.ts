import { describe, expect, it } from "vitest";
import { settled } from "../../../test/kit/fakeClock.ts";
import { microTime, systemClock, timestamp } from "./systemClock.ts";

describe("systemClock", () => {
  it("sleeps its time", async () => {
    const begun = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - begun).toBeGreaterThanOrEqual(19);
  });

  it("wakes immediately when the signal aborts, or has aborted", async () => {
    const stop = new AbortController();
    const asleep = systemClock.sleep(3_600_000, stop.signal);
    stop.abort();
    await expect(asleep).resolves.toBeUndefined();
    await expect(systemClock.sleep(3_600_000, stop.signal)).resolves.toBeUndefined();
  });

  it("sleeps longer than a timer can", async () => {
    const stop = new AbortController();
    let isAwake = false;
    const asleep = systemClock.sleep(2 ** 31, stop.signal).finally(() => {
      isAwake = true;
    });
    await systemClock.sleep(20);
    await settled();
    expect(isAwake).toBe(false);
    stop.abort();
    await asleep;
  });

  it("writes instants as Kubernetes does", () => {
    const instant = Date.parse("2026-02-03T04:05:06.789Z");
    expect([timestamp(instant), microTime(instant)]).toEqual(["2026-02-03T04:05:06Z", "2026-02-03T04:05:06.789000Z"]);
  });
});
