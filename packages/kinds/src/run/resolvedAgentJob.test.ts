import type { KubeObject } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { clusterAccess, mcpServer, repository, resolvedJob, skill } from "./resolvedAgentJob.fixture.ts";
import { agentJobReferences, resolveReferences } from "./resolvedAgentJob.ts";

const expected = resolvedJob({
  job: {
    skillRef: "pdf",
    clusterAccessRef: "reader",
    mcpServerRefs: ["m"],
    repositoryRefs: ["b", "a", "b"],
  },
  rest: {
    skill: skill(),
    clusterAccess: clusterAccess(),
    mcpServers: [mcpServer("m", { command: "x" })],
    repositories: [repository("b"), repository("a")],
  },
});

const { job, mcpServers, repositories, proxyAddress: _unset, ...single } = expected;
const objects = [...Object.values(single), ...mcpServers, ...repositories];

function find(kind: string, name: string): KubeObject | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

function findWithoutSome(kind: string, name: string): KubeObject | undefined {
  return ["a", "oauth"].includes(name) ? undefined : find(kind, name);
}

describe("agentJobReferences", () => {
  it("names each reference once, in the order of the spec", () => {
    expect(agentJobReferences(job).map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      "AgentRuntime/claude-code",
      "AgentAuth/oauth",
      "AgentRole/read-only",
      "AgentSkill/pdf",
      "ClusterAccess/reader",
      "McpServer/m",
      "Repository/b",
      "Repository/a",
    ]);
  });
});

describe("resolveReferences", () => {
  it("finds every reference", () => {
    expect(resolveReferences(job, find)).toEqual({ resolved: expected });
  });

  it("names every reference that is missing", () => {
    expect(resolveReferences(job, findWithoutSome)).toEqual({
      missing: [
        { kind: "AgentAuth", name: "oauth" },
        { kind: "Repository", name: "a" },
      ],
    });
  });
});
