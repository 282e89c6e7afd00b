import { expect, it } from "vitest";
import { isNewEnough } from "./goToolchain.ts";

it.each([
  ["go version go1.26.8 linux/amd64", true],
  ["go version go1.25rc1 linux/arm64", true],
  ["go version go1.24.11 linux/amd64", false],
  ["go version go1.19.8 linux/amd64", false],
  ["go version go2.0 linux/amd64", true],
  ["", false],
])("isNewEnough(%o) is %o", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
