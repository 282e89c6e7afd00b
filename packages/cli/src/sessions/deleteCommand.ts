import type { Deleted } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DeleteOptions } from "../daemon/daemonClient.ts";
import { ProgressLine } from "../output/progressLine.ts";

export interface DeleteRequest extends Required<DeleteOptions> {
  readonly names: readonly string[];
  readonly json: boolean;
}

/** Deletes every session, even when one fails, and then throws the Fault of that one. */
export async function deleteCommand(request: DeleteRequest, context: CommandContext): Promise<void> {
  const { names, json } = request;
  const client = await connectDaemon(context.config);
  const progress = new ProgressLine(context);
  if (context.terminals.stderr) progress.show(`Deleting ${names.join(", ")}`);
  const outcomes = await Promise.allSettled(names.map((name) => client.delete(name, request)));
  progress.end();
  const deleted = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  if (json) context.print(JSON.stringify({ items: deleted }, null, 2));
  else if (deleted.length > 0) context.print(deleted.map(deletedText).join("\n"));
  for (const notice of deleted.flatMap(({ notices = [] }) => notices)) context.note(notice);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

function deletedText({ name, rescuedRef }: Deleted): string {
  return rescuedRef === undefined
    ? `${name} deleted`
    : `${name} deleted\nSaved its work as ${rescuedRef}. Run \`git log ${rescuedRef}\` to see it, or \`git switch -c BRANCH ${rescuedRef}\` to continue it`;
}
