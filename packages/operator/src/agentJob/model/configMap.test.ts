import { expect, it } from "vitest";
import { configExcess, configMap } from "./configMap.ts";
import { planAgentJob } from "./plan.ts";
import { exampleJob, exampleSnapshot } from "./snapshot.fixture.ts";

const resolvedOf = (prompt: string) => {
  const { resolved } = exampleSnapshot(exampleJob({ prompt })).references;
  if (resolved === undefined) throw new Error("The example is missing a reference");
  return resolved;
};
const sizeOf = (prompt: string) => Buffer.byteLength(Object.values(configMap(resolvedOf(prompt)).data ?? {}).join(""));

it("configExcess lets through exactly what the API server accepts", () => {
  const rest = sizeOf("");
  for (const character of ["x", "\n", "é", "漢", "🦆", '"']) {
    const each = sizeOf(character) - rest;
    const fitting = Math.floor((1_048_576 - rest) / each);
    expect(sizeOf(character.repeat(fitting))).toBeLessThanOrEqual(1_048_576);
    expect(configExcess(resolvedOf(character.repeat(fitting)))).toBeUndefined();
    expect(configExcess(resolvedOf(character.repeat(fitting + 1)))?.reason).toBe("ConfigTooLarge");
  }
});

it("a configuration that does not fit starts nothing, writes no child object and deletes none", () => {
  const plan = planAgentJob(exampleSnapshot(exampleJob({ prompt: "\n".repeat(600_000) })), 0);
  expect(plan).toMatchObject({ children: [], start: undefined, deletions: [], finalizer: "keep" });
  expect(plan.status?.conditions[0]).toMatchObject({ type: "Ready", status: "False", reason: "ConfigTooLarge" });
  expect(plan.status?.conditions[0]?.message).toContain("Its largest parts are prompt (1200002)");
});
