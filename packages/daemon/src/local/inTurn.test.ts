import { expect, it } from "vitest";
import { InTurn } from "./inTurn.ts";

it("InTurn runs the actions of one key in sequence, and those of different keys in parallel", async () => {
  const turns = new InTurn();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.run("a", async () => {
    await gate.promise;
    told.push("first");
    throw new Error("no");
  });
  const second = turns.run("a", async () => told.push("second"));
  await turns.run("b", async () => told.push("other"));
  gate.resolve();
  await expect(first).rejects.toThrow("no");
  await second;
  expect(told).toEqual(["other", "first", "second"]);
});
