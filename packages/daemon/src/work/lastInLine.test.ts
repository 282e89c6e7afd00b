import { describe, expect, it } from "vitest";
import { LastInLine } from "./lastInLine.ts";

const { signal: never } = new AbortController();

function stage() {
  const line = new LastInLine<number>();
  const begun: (PromiseWithResolvers<number> & { readonly stop: AbortSignal })[] = [];
  const work = (stop: AbortSignal) => {
    const gate = Promise.withResolvers<number>();
    stop.addEventListener("abort", () => gate.reject(new Error("stopped")));
    begun.push({ ...gate, stop });
    return gate.promise;
  };
  return { begun, run: (key: string, signal = never, kind = "") => line.run(key, signal, work, kind) };
}

describe("LastInLine", () => {
  it("runs one action of a key at a time and shares the waiting one", async () => {
    const { begun, run } = stage();
    const first = run("a");
    const waiting = [run("a"), run("a")];
    const other = run("b");
    expect(begun).toHaveLength(2);
    begun[1]?.resolve(20);
    begun[0]?.reject(new Error("cut"));
    await expect(first).rejects.toThrow("cut");
    expect(await other).toBe(20);
    await expect.poll(() => begun.length).toBe(3);
    begun[2]?.resolve(30);
    expect(await Promise.all(waiting)).toEqual([30, 30]);
    const last = run("a");
    begun[3]?.resolve(40);
    expect(await last).toBe(40);
  });

  it("releases a caller whose signal aborts, and stops work that nobody waits for", async () => {
    const { begun, run } = stage();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = run("a", one.signal);
    const shared = [run("a", one.signal), run("a", two.signal)];
    one.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await expect(shared[0]).rejects.toThrow("enough");
    expect(begun[0]?.stop.aborted).toBe(true);
    await expect.poll(() => begun.length).toBe(2);
    expect(begun[1]?.stop.aborted).toBe(false);
    begun[1]?.resolve(2);
    expect(await shared[1]).toBe(2);
    await expect(run("a", one.signal)).rejects.toThrow("enough");
    expect(begun).toHaveLength(2);
  });

  it("runs work of another kind after the waiting work, and shares neither", async () => {
    const { begun, run } = stage();
    const all = [run("a"), run("a"), run("a", never, "other"), run("a", never, "other")];
    for (let turn = 0; turn < 3; turn += 1) {
      await expect.poll(() => begun.length).toBe(turn + 1);
      begun[turn]?.resolve(turn);
    }
    expect(await Promise.all(all)).toEqual([0, 1, 2, 2]);
    expect(begun).toHaveLength(3);
  });

  it("does not start work that was given up while it waited, and starts it for a later caller", async () => {
    const { begun, run } = stage();
    const first = run("a");
    const gone = new AbortController();
    const given = run("a", gone.signal);
    gone.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    const later = run("a");
    begun[0]?.resolve(1);
    expect(await first).toBe(1);
    await expect.poll(() => begun.length).toBe(2);
    begun[1]?.resolve(2);
    expect(await later).toBe(2);
  });
});
