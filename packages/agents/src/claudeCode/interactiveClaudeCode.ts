import type { InteractiveAgent } from "../interactiveAgent.ts";
import { claudeCode } from "./claudeCode.ts";
import { readHookActivity } from "./model/hookActivity.ts";
import { launchInteractiveClaudeCode } from "./model/interactiveLaunch.ts";

/** Claude Code in a terminal. Written against 2.1.330. */
export const interactiveClaudeCode: InteractiveAgent = {
  name: claudeCode.name,
  program: claudeCode.program,
  credentialVariables: claudeCode.credentialVariables,
  limits: {
    commands: "A prompt that begins with one of Claude Code's own commands, such as /compact, runs it",
  },
  // Seen with 2.1.330, typed or pasted: a text that begins with ! runs in a shell, and an unknown command after / is
  // refused.
  asText: (prompt) => (/^[!/]/.test(prompt) ? ` ${prompt}` : prompt),
  launch: launchInteractiveClaudeCode,
  readEvent: readHookActivity,
};
