import type { AgentConfig } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { launchClaudeCode } from "./launch.ts";

const MINIMAL: AgentConfig = { prompt: "x", allowedTools: [], mcpServers: [], repositories: [] };

const launch = (config: Partial<AgentConfig> = {}, checkouts: readonly string[] = []) =>
  launchClaudeCode({ config: { ...MINIMAL, ...config }, configFolder: "/c", scratchFolder: "/s", checkouts });

const fileOf = (config: Partial<AgentConfig>, path: string) =>
  launch(config).files.find((file) => file.path === path)?.content;

describe("launchClaudeCode", () => {
  it("offers and allows no built-in tool when the role is empty", () => {
    expect(launch().args).toContain("--tools=");
    expect(launch().args.some((arg) => arg.startsWith("--allowedTools"))).toBe(false);
  });

  it("offers each built-in tool that the role's rules name once, and Skill with a skill", () => {
    const allowedTools = ["Bash(git log:*)", "Bash(npm *)", "Read", "mcp__gmail__*"];
    expect(launch({ allowedTools }).args).toContain("--tools=Bash,Read");
    const skill = { repo: "a/b", name: "greet", ref: "main" };
    expect(launch({ allowedTools, skill }).args).toContain("--tools=Bash,Read,Skill");
  });

  it("has one argument for each flag with its value, so that no value becomes a flag", () => {
    const { args } = launch({ allowedTools: ["--x"], model: "--y" }, ["/w/--z"]);
    expect(args).toEqual(expect.arrayContaining(["--allowedTools=--x", "--model=--y", "--add-dir=/w/--z"]));
    expect(args.filter((arg) => /^--[xyz]/.test(arg))).toEqual([]);
  });

  it("always writes the MCP servers, local ones by command and remote ones by transport", () => {
    const mcpServers = [
      { name: "local", command: "npx", args: ["-y", "server"] },
      { name: "remote", url: "https://mcp.example.com/mcp" },
      { name: "older", url: "https://mcp.example.com/sse" },
    ];
    expect(JSON.parse(fileOf({ mcpServers }, "/s/mcp.json") ?? "")).toEqual({
      mcpServers: {
        local: { type: "stdio", command: "npx", args: ["-y", "server"] },
        remote: { type: "http", url: "https://mcp.example.com/mcp" },
        older: { type: "sse", url: "https://mcp.example.com/sse" },
      },
    });
    expect(fileOf({}, "/s/mcp.json")).toBe('{\n  "mcpServers": {}\n}\n');
  });

  it("names the instructions file only when there are instructions", () => {
    expect(fileOf({ instructions: "Be kind" }, "/s/instructions.md")).toBe("Be kind");
    expect(launch({ instructions: "Be kind" }).args).toContain("--append-system-prompt-file=/s/instructions.md");
    expect(launch({ instructions: "" }).args.join(" ")).not.toContain("--append-system-prompt-file");
  });

  it("resets its settings, because an earlier run may have changed them", () => {
    expect(fileOf({}, "/c/settings.json")).toBe("{}\n");
    expect(launch().args).toEqual(expect.arrayContaining(["--setting-sources=user", "--permission-mode=dontAsk"]));
  });
});
