import type { AgentAdapter } from "../agentAdapter.ts";
import { launchClaudeCode } from "./model/launch.ts";
import { parseStreamLine } from "./model/streamLine.ts";

/** Claude Code, headless: `claude -p` with stream-json. Written against 2.1.330. */
export const claudeCode: AgentAdapter = {
  name: "claude-code",
  program: "claude",
  credentialVariables: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"],
  launch: launchClaudeCode,
  skillFolder: (configFolder, skill) => `${configFolder}/skills/${skill}`,
  parseLine: parseStreamLine,
};
