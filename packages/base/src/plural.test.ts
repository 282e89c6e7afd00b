import { expect, it } from "vitest";
import { counted } from "./plural.ts";

it("counted uses the singular for one thing only", () => {
  expect([0, 1, 2].map((count) => counted(count, "file"))).toEqual(["0 files", "1 file", "2 files"]);
});

it("counted accepts an irregular plural", () => {
  expect(counted(1, "repository", "repositories")).toBe("1 repository");
  expect(counted(3, "repository", "repositories")).toBe("3 repositories");
});
