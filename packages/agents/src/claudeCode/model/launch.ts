import type { AgentConfig } from "@clauderon/protocol";
import type { AgentTask, Launch } from "../../agentAdapter.ts";

/**
 * The role is enforced twice: `--tools` offers only the built-in tools that it names, and the mode `dontAsk` denies
 * every use that no rule allows (on its own, that mode would still run harmless shell commands for a role without
 * Bash).
 *
 * A checkout is data, not configuration: with `--setting-sources user` Claude Code does not read its
 * `.claude/settings.json` (hooks, permissions, environment), and with `--strict-mcp-config` it does not read its
 * `.mcp.json`. It still reads its CLAUDE.md, because of `--add-dir`. settings.json is written again for each run, since
 * an earlier run may have changed it.
 *
 * Every value is joined to its flag by `=`, so that no value can be read as a flag.
 */
export function launchClaudeCode(task: AgentTask): Launch {
  const { config, configFolder, scratchFolder, checkouts } = task;
  const mcpConfig = { path: `${scratchFolder}/mcp.json`, content: mcpJson(config) };
  const instructions = { path: `${scratchFolder}/instructions.md`, content: config.instructions ?? "" };
  const hasInstructions = instructions.content !== "";
  return {
    args: [
      "-p",
      "--output-format=stream-json",
      "--verbose",
      "--permission-mode=dontAsk",
      "--setting-sources=user",
      "--strict-mcp-config",
      `--mcp-config=${mcpConfig.path}`,
      `--tools=${builtInTools(config).join(",")}`,
      ...(config.allowedTools.length > 0 ? [`--allowedTools=${config.allowedTools.join(",")}`] : []),
      ...(config.model === undefined ? [] : [`--model=${config.model}`]),
      ...(hasInstructions ? [`--append-system-prompt-file=${instructions.path}`] : []),
      ...checkouts.map((folder) => `--add-dir=${folder}`),
    ],
    environment: { CLAUDE_CONFIG_DIR: configFolder, CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: "1" },
    defaults: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    files: [
      { path: `${configFolder}/settings.json`, content: "{}\n" },
      mcpConfig,
      ...(hasInstructions ? [instructions] : []),
    ],
    stdin: config.prompt,
  };
}

/** `Bash(git log:*)` and `Bash` both offer Bash; MCP tools are offered by their servers. */
function builtInTools({ allowedTools, skill }: AgentConfig): readonly string[] {
  const named = allowedTools.map((rule) => rule.split("(")[0] ?? "").filter((name) => /^[A-Za-z]+$/.test(name));
  return [...new Set([...named, ...(skill === undefined ? [] : ["Skill"])])];
}

/**
 * The file for `--mcp-config`. A URL that ends in `/sse` means the older SSE transport, any other URL streamable HTTP.
 */
function mcpJson({ mcpServers }: AgentConfig): string {
  const servers = mcpServers.map(({ name, command, args, url }) => [
    name,
    url === undefined ? { type: "stdio", command, args: args ?? [] } : { type: transportOf(url), url },
  ]);
  return `${JSON.stringify({ mcpServers: Object.fromEntries(servers) }, undefined, 2)}\n`;
}

const transportOf = (url: string): string => (/\/sse\/?(\?|$)/.test(url) ? "sse" : "http");
