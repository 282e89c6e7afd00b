import { describe, expect, it } from "vitest";
import { LastInLine } from "./lastInLine.ts";

describe("LastInLine", () => {
  it("runs one action of a key at a time and shares the waiting one", async () => {
    const line = new LastInLine<number>();
    const gates: PromiseWithResolvers<number>[] = [];
    const work = () => {
      const gate = Promise.withResolvers<number>();
      gates.push(gate);
      return gate.promise;
    };
    const first = line.run("a", work);
    const second = line.run("a", work);
    expect(line.run("a", work)).toBe(second);
    const other = line.run("b", work);
    expect(gates).toHaveLength(2);
    gates[1]?.resolve(20);
    gates[0]?.reject(new Error("cut"));
    await expect(first).rejects.toThrow("cut");
    expect(await other).toBe(20);
    await expect.poll(() => gates.length).toBe(3);
    gates[2]?.resolve(30);
    expect(await second).toBe(30);
    const last = line.run("a", work);
    gates[3]?.resolve(40);
    expect(await last).toBe(40);
  });
});
