import { Fault } from "@clauderon/base";
import type { AgentAdapter } from "./agentAdapter.ts";
import { claudeCode } from "./claudeCode/claudeCode.ts";
import { interactiveClaudeCode } from "./claudeCode/interactiveClaudeCode.ts";
import { codex } from "./codex/codex.ts";
import { gemini } from "./gemini/gemini.ts";
import type { InteractiveAgent } from "./interactiveAgent.ts";
import { interactiveScripted } from "./scripted/interactiveScripted.ts";
import { scripted } from "./scripted/scripted.ts";

/** Every agent we can run. */
export const HEADLESS_AGENTS: readonly AgentAdapter[] = [claudeCode, scripted];

/** Every agent we can run in a terminal. */
export const INTERACTIVE_AGENTS: readonly InteractiveAgent[] = [
  interactiveClaudeCode,
  codex,
  gemini,
  interactiveScripted,
];

/** The adapter with that name; CONFIG_INVALID lists the known names. */
export const findAgent = (name: string): AgentAdapter => find(HEADLESS_AGENTS, name);

/** The adapter with that name for a terminal; CONFIG_INVALID lists the known names. */
export const findInteractiveAgent = (name: string): InteractiveAgent => find(INTERACTIVE_AGENTS, name);

function find<T extends { readonly name: string }>(agents: readonly T[], name: string): T {
  const found = agents.find((agent) => agent.name === name);
  if (found !== undefined) return found;
  const names = agents.map((agent) => agent.name).join(", ");
  throw new Fault("CONFIG_INVALID", `There is no agent "${name}"`, { hint: `Use one of: ${names}` });
}
