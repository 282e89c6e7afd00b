import { expect, it } from "vitest";
import { isForeground } from "./foreground.ts";

it.each([
  ["4711 (node) S 4700 4711 4700 34816 4711 4194304 1 2", true],
  ["4711 (node) S 4700 4711 4700 34816 4700 4194304 1 2", false],
  ["4711 (a) R 1 2 3 4 2 (b) S 4700 4711 4700 34816 4700 4194304 1 2", false],
  ["4711 (no terminal) S 4700 4711 4700 0 -1 4194304 1 2", false],
])("isForeground(%j) is %s", (stat, is) => {
  expect(isForeground(stat)).toBe(is);
});
