import { describe, expect, it } from "vitest";
import { parseAgentConfig } from "./agentConfig.ts";

describe("parseAgentConfig", () => {
  it("reads the smallest agent.json", () => {
    const config = { prompt: "Hi", allowedTools: [], mcpServers: [], repositories: [] };
    expect(parseAgentConfig(JSON.stringify(config))).toEqual(config);
  });

  it("ignores members it does not know", () => {
    const config = { prompt: "Hi", allowedTools: [], mcpServers: [], repositories: [], later: true };
    expect(parseAgentConfig(JSON.stringify(config))).not.toHaveProperty("later");
  });

  it("names the invalid member", () => {
    expect(() => parseAgentConfig('{"prompt":"","allowedTools":"Bash","mcpServers":[],"repositories":[]}')).toThrow(
      /prompt[\s\S]*allowedTools/,
    );
  });
});
