import { silentLog } from "@clauderon/base";
import type { UsageTotals } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { UsageBook } from "./usageBook.ts";

const CALL = {
  model: "m",
  inputTokens: 1,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
};
const TIME = "2026-12-01T00:00:00.000Z";

/** A book whose store fails when told to, and whose pauses the test ends. */
function stage() {
  let totals: ReadonlyMap<string, UsageTotals> = new Map();
  let failures = 0;
  const pauses: { readonly milliseconds: number; readonly end: () => void }[] = [];
  const written: number[] = [];
  const book = new UsageBook({
    hasGrant: () => true,
    log: silentLog,
    sleep: (milliseconds, signal) =>
      new Promise((end) => {
        pauses.push({ milliseconds, end });
        signal.addEventListener("abort", () => end());
      }),
    store: {
      async change(update) {
        if (failures-- > 0) throw new Error("unreachable");
        totals = update(totals);
        written.push(totals.get("web")?.calls ?? 0);
      },
    },
  });
  return { book, pauses, written, fail: (times: number) => (failures = times) };
}

describe("the book of what principals used", () => {
  it("writes the first call at once, and together what comes within a second after a write", async () => {
    const { book, pauses, written } = stage();
    book.add("web", CALL, TIME);
    await expect.poll(() => pauses.length).toBe(1);
    expect(written).toEqual([1]);
    for (let call = 0; call < 3; call++) book.add("web", CALL, TIME);
    pauses[0]?.end();
    await expect.poll(() => pauses.length).toBe(2);
    expect(written).toEqual([1, 4]);
    pauses[1]?.end();
    await book.close();
    expect(written).toEqual([1, 4]);
  });

  it("loses nothing while the store cannot be written, nor at its end", async () => {
    const { book, pauses, written, fail } = stage();
    fail(1);
    book.add("web", CALL, TIME);
    await expect.poll(() => pauses.length).toBe(1);
    book.add("web", CALL, TIME);
    pauses[0]?.end();
    await expect.poll(() => pauses.length).toBe(2);
    expect(written).toEqual([2]);
    expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([5_000, 1_000]);
    book.add("web", CALL, TIME);
    await book.close();
    expect(written).toEqual([2, 3]);
  });
});
