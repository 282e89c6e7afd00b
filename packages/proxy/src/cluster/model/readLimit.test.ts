import { expect, it } from "vitest";
import { ReadLimit } from "./readLimit.ts";

it("ReadLimit asks once for each principal, about a few of them, and again after a moment", async () => {
  let now = 0;
  const asked: string[] = [];
  const limit = new ReadLimit({ monotonic: () => now });
  const ask = (name: string) => limit.once(name, async () => void asked.push(name));
  await Promise.all([ask("a"), ask("a"), ask("b")]);
  expect(asked).toEqual(["a", "b"]);
  for (let index = 0; index < 100; index += 1) await ask(`guess-${index}`);
  expect(asked).toHaveLength(10);
  now = 200;
  await ask("a");
  expect(asked).toHaveLength(11);
});
