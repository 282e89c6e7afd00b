import { expect, it } from "vitest";
import { fetchRestMs } from "./fetchRest.ts";

it.each([
  ["a quick one", { milliseconds: 20, bytes: 0, refusals: 0 }, 1_000],
  ["a long one", { milliseconds: 30_000, bytes: 0, refusals: 0 }, 120_000],
  ["a large one", { milliseconds: 10, bytes: 104_857_600, refusals: 0 }, 100_000],
  ["three refused in a row", { milliseconds: 10, bytes: 0, refusals: 3 }, 8_000],
  ["many refused in a row", { milliseconds: 10, bytes: 0, refusals: 5_000 }, 600_000],
  ["a clock that was set back", { milliseconds: -5_000, bytes: 0, refusals: 0 }, 1_000],
])("fetches rest after %s", (_, cost, milliseconds) => {
  expect(fetchRestMs(cost)).toBe(milliseconds);
});
