import { API_VERSION } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { checkManifests, resolveManifests } from "./checkManifests.ts";

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
});
const role = object("AgentRole", "r", { allowedTools: [] });

describe("checkManifests", () => {
  it("reports every finding of every manifest and where each manifest begins", () => {
    const bad = [
      { source: "a.yaml:1", object: object("AgentRole", "one", {}) },
      { source: "a.yaml:9", object: role },
      { source: "b.yaml:4", object: "text" },
    ];
    expect(() => checkManifests(bad)).toThrow(
      expect.objectContaining({
        code: "SPEC_INVALID",
        message: 'The AgentRole "one" is invalid: spec.allowedTools: Required value\nthe manifest is not an object',
        hint: "Fix a.yaml:1, b.yaml:4",
      }),
    );
  });

  it("lists several findings of one manifest below each other, as kubectl does", () => {
    const broken = object("AgentSkill", "s", {});
    expect(() => checkManifests([{ source: "x", object: broken }])).toThrow('The AgentSkill "s" is invalid: \n* spec.');
  });

  it("gives the defaults of the kind", () => {
    const skill = object("AgentSkill", "s", { repo: "a/b", name: "s" });
    const set = checkManifests([{ source: "x", object: skill }]);
    expect(set.find("AgentSkill", "s")).toMatchObject({ spec: { ref: "main" } });
  });
});

describe("resolveManifests", () => {
  it("names every missing object", () => {
    const job = object("AgentJob", "j", { runtimeRef: "rt", authRef: "a", roleRef: "r", prompt: "Hi" });
    const set = checkManifests([job, role].map((each) => ({ source: "x", object: each })));
    expect(() => resolveManifests(set, undefined)).toThrow(
      'AgentJob "j" refers to AgentRuntime "rt", AgentAuth "a", which the manifests do not contain',
    );
  });
});
