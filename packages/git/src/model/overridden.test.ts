import { expect, it } from "vitest";
import { overridden } from "./overridden.ts";

const GC = [{ key: "gc.auto", value: "0" }];

it("overridden adds settings after those that the environment already has, and changes nothing else", () => {
  expect(overridden({ A: "1" }, [])).toEqual({ A: "1" });
  expect(overridden({ A: "1" }, GC)).toEqual({
    A: "1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "gc.auto",
    GIT_CONFIG_VALUE_0: "0",
  });
  const before = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "gc.auto", GIT_CONFIG_VALUE_0: "9" };
  expect(overridden(before, GC)).toEqual({
    ...before,
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_1: "gc.auto",
    GIT_CONFIG_VALUE_1: "0",
  });
});

it.each(["", "x", "-1", "1.5"])("overridden replaces a count that git would refuse: %j", (count) => {
  expect(overridden({ GIT_CONFIG_COUNT: count }, GC)["GIT_CONFIG_COUNT"]).toBe("1");
});
