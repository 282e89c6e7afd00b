import { sessionNameSchema } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { generateName } from "./names.ts";

it("generateName gives valid session names, up to the last word of its lists", () => {
  for (let at = 0; at < 1; at += 0.001) {
    for (const tries of [0, 9]) expect(sessionNameSchema.safeParse(generateName(() => at, tries)).success).toBe(true);
  }
  expect(generateName(() => 0, 0)).toBe("amber-acorn");
  expect(generateName(() => 0.5, 5)).toMatch(/^[a-z]+-[a-z]+-50000$/);
});
