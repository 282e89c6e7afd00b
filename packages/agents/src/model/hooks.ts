import { EVENTS_VARIABLE } from "../interactiveAgent.ts";

/**
 * A hook's command that keeps the event it is given on stdin, for agents that run their hooks by `sh -c`. Two small processes;
 * renamed when the event is whole, so that nobody reads half of one. `agent` is the shell's word for the agent's process id.
 * Without EVENTS_VARIABLE nobody asked to be told.
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
