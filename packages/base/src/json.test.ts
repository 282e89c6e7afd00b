import { expect, it } from "vitest";
import { parseJsonObject } from "./json.ts";

it("parseJsonObject gives the object that a text holds", () => {
  expect(parseJsonObject(' {"a": [1], "b": null}\n')).toEqual({ a: [1], b: null });
});

it.each(["", "{", "null", "[]", '"{}"', "1"])("parseJsonObject gives undefined for %j", (text) => {
  expect(parseJsonObject(text)).toBeUndefined();
});
