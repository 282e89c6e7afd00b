import type { CommandContext } from "../commandContext.ts";
import { checkManifests, resolveManifests } from "./model/checkManifests.ts";
import { parseCheckouts } from "./model/checkouts.ts";
import { describeRun } from "./model/describeRun.ts";
import { runFault } from "./model/runFault.ts";
import { notesOn } from "./model/notes.ts";
import { ManifestValues } from "./model/valuesFrom.ts";
import { readManifests } from "./readManifests.ts";
import { runAgentJob } from "./runAgentJob.ts";

export interface RunRequest {
  /** The AgentJob's name; needed when the manifests hold several. */
  readonly name: string | undefined;
  readonly filenames: readonly string[];
  /** As `NAME=PATH`. */
  readonly repositories: readonly string[];
  readonly json: boolean;
}

/**
 * Runs the AgentJob and prints the result; throws a Fault when it did not succeed, an Interrupted when it was stopped.
 */
export async function runCommand(request: RunRequest, context: CommandContext): Promise<void> {
  const manifests = checkManifests(readManifests(request.filenames));
  const resolved = resolveManifests(manifests, request.name);
  const checkouts = parseCheckouts(request.repositories, resolved, context.config.userHome);
  const values = new ManifestValues(manifests, (text) => Buffer.from(text, "base64").toString());
  for (const note of notesOn(resolved)) context.note(note);
  const stop = context.takeSignals();
  const output = request.json ? process.stderr : process.stdout;
  const finished = await runAgentJob({ resolved, values, checkouts, output, stop, note: context.note }, context.config);
  context.print(request.json ? JSON.stringify(finished, null, 2) : `\n${describeRun(finished)}`);
  const fault = runFault(finished);
  if (fault === undefined) return;
  stop.throwIfAborted();
  throw fault;
}
