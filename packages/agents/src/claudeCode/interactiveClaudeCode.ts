import type { InteractiveAgent } from "../interactiveAgent.ts";
import { claudeCode } from "./claudeCode.ts";
import { readHookEvent } from "./model/hookEvent.ts";
import { launchInteractiveClaudeCode } from "./model/interactiveLaunch.ts";

/** Claude Code in a terminal. Written against 2.1.330. */
export const interactiveClaudeCode: InteractiveAgent = {
  name: claudeCode.name,
  program: claudeCode.program,
  credentialVariables: claudeCode.credentialVariables,
  limits: {},
  // Seen with 2.1.330: what begins with an exclamation mark is run in a shell, pasted or not; a slash is no command then.
  asText: (prompt) => (prompt.startsWith("!") ? ` ${prompt}` : prompt),
  launch: launchInteractiveClaudeCode,
  readEvent: readHookEvent,
};
