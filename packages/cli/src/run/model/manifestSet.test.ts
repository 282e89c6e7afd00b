import type { KubeObject } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { ManifestSet, selectAgentJob } from "./manifestSet.ts";

const object = (kind: string, name: string): KubeObject => ({ apiVersion: "v1", kind, metadata: { name } });

describe("selectAgentJob", () => {
  it("selects the only AgentJob, or the named one", () => {
    const one = new ManifestSet([object("AgentRole", "r"), object("AgentJob", "a")]);
    expect(selectAgentJob(one, undefined).metadata.name).toBe("a");
    const two = new ManifestSet([object("AgentJob", "a"), object("AgentJob", "b")]);
    expect(selectAgentJob(two, "b").metadata.name).toBe("b");
  });

  it("asks for a name when there are several, and names them", () => {
    const two = new ManifestSet([object("AgentJob", "a"), object("AgentJob", "b")]);
    expect(() => selectAgentJob(two, undefined)).toThrow(
      expect.objectContaining({ code: "USAGE", hint: "Name one of: a, b" }),
    );
  });

  it("refuses an unknown name, and manifests without an AgentJob", () => {
    expect(() => selectAgentJob(new ManifestSet([object("AgentJob", "a")]), "x")).toThrow(
      /"x" is not in the manifests/,
    );
    expect(() => selectAgentJob(new ManifestSet([]), undefined)).toThrow(/contain no AgentJob/);
  });
});
