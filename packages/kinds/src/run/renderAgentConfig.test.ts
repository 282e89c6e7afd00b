import { parseAgentConfig } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { renderAgentConfig } from "./renderAgentConfig.ts";
import { mcpServer, repository, resolvedJob, skill } from "./resolvedAgentJob.fixture.ts";

describe("renderAgentConfig", () => {
  it("leaves out unset fields", () => {
    expect(renderAgentConfig(resolvedJob())).toEqual({
      prompt: "Summarize today's incoming issues.",
      allowedTools: ["Read"],
      mcpServers: [],
      repositories: [],
    });
  });

  it("writes all set fields in the documented shape", () => {
    const rest = {
      skill: skill({ ref: "v2" }),
      mcpServers: [mcpServer("local", { command: "npx", args: ["-y"] }), mcpServer("far", { url: "https://m.test/" })],
      repositories: [repository("thurkube"), repository("site", { name: ".github", ref: "next" })],
    };
    const resolved = resolvedJob({ job: { instructions: "Be brief.", model: "opus" }, rest });
    expect(renderAgentConfig(resolved)).toEqual({
      prompt: "Summarize today's incoming issues.",
      instructions: "Be brief.",
      model: "opus",
      allowedTools: ["Read"],
      skill: { repo: "anthropics/skills", name: "pdf", ref: "v2" },
      mcpServers: [
        { name: "local", command: "npx", args: ["-y"] },
        { name: "far", url: "https://m.test/" },
      ],
      repositories: [
        { name: "thurkube", owner: "thurbeen", repo: "thurkube" },
        { name: "site", owner: "thurbeen", repo: ".github", ref: "next" },
      ],
    });
  });

  it("passes the runner's own validation", () => {
    const config = renderAgentConfig(resolvedJob({ rest: { repositories: [repository("a", { ref: "b" })] } }));
    expect(parseAgentConfig(JSON.stringify(config))).toEqual(config);
  });

  it("holds no reference to a Secret", () => {
    const tokenSecretRef = { name: "github-secret", key: "k" };
    const config = renderAgentConfig(resolvedJob({ rest: { repositories: [repository("a", { tokenSecretRef })] } }));
    expect(JSON.stringify(config)).not.toMatch(/github-secret|claude/);
  });
});
