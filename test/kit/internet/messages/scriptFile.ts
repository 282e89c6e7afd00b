import type { Scenario } from "./scenarios.ts";
import type { ScriptedMessagesOptions } from "./scriptedMessages.ts";
import type { Turn } from "./turns.ts";
import { parseTurn } from "./turns.ts";

/**
 * Reads a script from JSON: either a list of turns, or
 * `{ "script": [turn…], "scenarios": [{ "name", "when"?: { "prompt"?, "token"? }, "script": [turn…] }], "tokens": [] }`
 * with every part optional. Throws an error that names the turn and step which is wrong.
 */
export function parseScriptFile(json: string): ScriptedMessagesOptions {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return { script: parseTurns(value, "script") };
  if (typeof value !== "object" || value === null) throw new Error("A script file holds a list of turns, or an object");
  const file = value as { script?: unknown; scenarios?: readonly Partial<Scenario>[]; tokens?: readonly string[] };
  return {
    ...(file.script === undefined ? {} : { script: parseTurns(file.script, "script") }),
    ...(file.tokens === undefined ? {} : { tokens: file.tokens }),
    scenarios: (file.scenarios ?? []).map(({ name = "unnamed", when = {}, script }) => ({
      name,
      when,
      script: parseTurns(script, `scenario "${name}"`),
    })),
  };
}

function parseTurns(value: unknown, where: string): readonly Turn[] {
  if (!Array.isArray(value)) throw new Error(`${where}: expected a list of turns, got ${JSON.stringify(value)}`);
  return value.map((turn, index) => parseTurn(turn, `${where}, turn ${index + 1}`));
}
