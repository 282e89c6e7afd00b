import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const debug = (value?: string) => readConfig(value === undefined ? {} : { CLAUDERON_DEBUG: value }, "/").debug;

describe("readConfig", () => {
  it("keeps everything below the user's home, or in CLAUDERON_HOME relative to the current folder", () => {
    expect(readConfig({ HOME: "/home/me" }, "/work").home).toBe("/home/me/.clauderon");
    expect(readConfig({ HOME: "/home/me", CLAUDERON_HOME: "state" }, "/work").home).toBe("/work/state");
    expect(readConfig({ HOME: "/home/me", CLAUDERON_HOME: "" }, "/work").home).toBe("/home/me/.clauderon");
  });

  it("shows stacks for any CLAUDERON_DEBUG except an empty value and 0", () => {
    expect([debug(), debug(""), debug("0"), debug("1"), debug("true")]).toEqual([false, false, false, true, true]);
  });
});
