import type { EgressReport } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { formatAge } from "../output/age.ts";
import { egressText } from "./model/egressText.ts";
import { type SuggestionOptions, suggestionText } from "./model/suggestionText.ts";

export interface EgressRequest {
  readonly name: string;
  readonly json: boolean;
}

/** Shows what a session may reach, and what was refused lately. */
export async function egressCommand({ name, json }: EgressRequest, context: CommandContext): Promise<void> {
  const report = await (await connectDaemon(context.config)).egress(name);
  const now = Date.now();
  const ago = (time: string) => formatAge(time, now);
  context.print(json ? JSON.stringify(report, null, 2) : egressText(name, report, ago));
}

/** Lets a session reach a host, and returns when that is in effect. */
export async function allowCommand(
  { name, host, json }: EgressRequest & { readonly host: string },
  context: CommandContext,
): Promise<void> {
  const report = await (await connectDaemon(context.config)).allowHost(name, host);
  context.print(json ? JSON.stringify(report, null, 2) : `Session ${name} may reach ${host}`);
}

/** Shows what a session's list of hosts should say. */
export async function suggestCommand(
  { name, json, ...options }: EgressRequest & SuggestionOptions,
  context: CommandContext,
): Promise<void> {
  const suggestion = await (await connectDaemon(context.config)).suggestEgress(name);
  context.print(json ? JSON.stringify(suggestion, null, 2) : suggestionText(name, suggestion, options));
}

/** Changes the access mode of a session, and returns when that is in effect. */
export async function setAccessModeCommand(
  { name, mode, json }: EgressRequest & { readonly mode: EgressReport["accessMode"] },
  context: CommandContext,
): Promise<void> {
  const report = await (await connectDaemon(context.config)).setAccessMode(name, mode);
  context.print(json ? JSON.stringify(report, null, 2) : `Session ${name} has access mode ${mode}`);
}
