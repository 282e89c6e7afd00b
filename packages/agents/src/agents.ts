import { Fault } from "@clauderon/base";
import type { AgentAdapter } from "./agentAdapter.ts";
import { claudeCode } from "./claudeCode/claudeCode.ts";
import { scripted } from "./scripted/scripted.ts";

/** Every agent we can run. */
export const AGENTS: readonly AgentAdapter[] = [claudeCode, scripted];

/** The adapter of that name; CONFIG_INVALID names those there are. */
export function findAgent(name: string): AgentAdapter {
  const found = AGENTS.find((adapter) => adapter.name === name);
  if (found !== undefined) return found;
  const names = AGENTS.map((adapter) => adapter.name).join(", ");
  throw new Fault("CONFIG_INVALID", `There is no agent "${name}"`, { hint: `Use one of: ${names}` });
}
