import type { ResolvedAgentJob } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { parseCheckouts } from "./checkouts.ts";

const resolved = {
  job: { metadata: { name: "j" } },
  repositories: [{ metadata: { name: "web" } }],
} as unknown as ResolvedAgentJob;

const parse = (...pairs: readonly string[]) => parseCheckouts(pairs, resolved, "/home/me");

describe("parseCheckouts", () => {
  it("reads names and paths, which may hold an equals sign", () => {
    expect([...parse("web=/src/a=b")]).toEqual([["web", "/src/a=b"]]);
  });

  it("refuses values other than NAME=PATH", () => {
    for (const pair of ["web", "=x", "web="]) expect(() => parse(pair)).toThrow(/needs NAME=PATH/);
  });

  it("refuses a Repository that the AgentJob does not refer to and names the referenced ones", () => {
    expect(() => parse("wbe=/x")).toThrow(expect.objectContaining({ hint: "It refers to: web" }));
  });

  it("expands a leading ~ to the user's home, because shells do not expand it after an equals sign", () => {
    expect(parse("web=~/src").get("web")).toBe("/home/me/src");
    expect(parse("web=~").get("web")).toBe("/home/me");
    expect(parse("web=~other/x").get("web")).toBe("~other/x");
  });

  it("refuses a Repository that is given twice", () => {
    expect(() => parse("web=/a", "web=/b")).toThrow(/given twice for "web"/);
  });
});
