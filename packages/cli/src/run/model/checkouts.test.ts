import type { ResolvedAgentJob } from "@clauderon/api";
import { describe, expect, it } from "vitest";
import { parseCheckouts } from "./checkouts.ts";

const resolved = {
  job: { metadata: { name: "j" } },
  repositories: [{ metadata: { name: "web" } }],
} as unknown as ResolvedAgentJob;

describe("parseCheckouts", () => {
  it("reads names and paths, which may hold an equals sign", () => {
    expect([...parseCheckouts(["web=/src/a=b"], resolved)]).toEqual([["web", "/src/a=b"]]);
  });

  it("refuses what is not NAME=PATH", () => {
    for (const pair of ["web", "=x", "web="]) expect(() => parseCheckouts([pair], resolved)).toThrow(/takes NAME=PATH/);
  });

  it("refuses a Repository that the AgentJob does not refer to, and names those it does", () => {
    expect(() => parseCheckouts(["wbe=/x"], resolved)).toThrow(expect.objectContaining({ hint: "It refers to: web" }));
  });
});
