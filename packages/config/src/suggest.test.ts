import { expect, it } from "vitest";
import { suggest } from "./suggest.ts";

const KNOWN = ["image", "namespace", "storage_class", "cpu"];

it.each([
  ["iamge", "image"],
  ["imag", "image"],
  ["namspcae", "namespace"],
  ["STORAGE-CLASS", "storage_class"],
  ["cpus", "cpu"],
  ["region", undefined],
  ["", undefined],
])("suggest answers %s with %s", (unknown, word) => {
  expect(suggest(unknown, KNOWN)).toBe(word);
});
