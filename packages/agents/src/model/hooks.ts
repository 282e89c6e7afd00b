import { EVENTS_VARIABLE } from "../interactiveAgent.ts";

/**
 * A hook's command that saves the event from its stdin, for agents that run their hooks by `sh -c`. It costs two small
 * processes. It renames the file once the event is complete, so that nobody reads part of one. `agent` is shell text
 * for the agent's process id. Without EVENTS_VARIABLE it does nothing, because nobody reads the events.
 */
export function eventCommand(agent = "$PPID"): string {
  const folder = `$${EVENTS_VARIABLE}`;
  return `[ -z "${folder}" ] || { cat >"${folder}/.$$" && mv "${folder}/.$$" "${folder}/${agent}-$$.json"; } || true`;
}

/** Settings that run this command at each of these events, as Claude Code, Codex and Gemini CLI all read them. */
export function hookSettings(events: readonly string[], command: string): Readonly<Record<string, unknown>> {
  const hook = [{ hooks: [{ type: "command", command }] }];
  return Object.fromEntries(events.map((name) => [name, hook]));
}
