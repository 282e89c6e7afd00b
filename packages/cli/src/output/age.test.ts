import { expect, it } from "vitest";
import { formatAge } from "./age.ts";

it.each([
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [7_199, "119m"],
  [7_200, "2h"],
  [172_799, "47h"],
  [172_800, "2d"],
  [-5, "0s"],
])("formatAge calls %d seconds %s", (seconds, age) => {
  expect(formatAge("2026-01-02T03:04:05.000Z", Date.parse("2026-01-02T03:04:05Z") + seconds * 1_000)).toBe(age);
});
