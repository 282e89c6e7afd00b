import type { Reconciled } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";

export interface ReconcileRequest {
  readonly prune: boolean;
  readonly json: boolean;
}

/** Lets the daemon compare and repair, and prints what came of it. */
export async function reconcileCommand({ prune, json }: ReconcileRequest, context: CommandContext): Promise<void> {
  const reconciled = await (await connectDaemon(context.config)).reconcile(prune);
  context.print(json ? JSON.stringify(reconciled, null, 2) : reconciledText(reconciled));
}

function reconciledText({ repaired, orphans }: Reconciled): string {
  const lines = [
    ...repaired.map(({ name, message }) => `${name}: ${message}`),
    ...orphans.map(
      ({ kind, name, removed, message }) =>
        `${removed ? "deleted" : "orphan"}: ${kind} ${name}${message === undefined ? "" : `: ${message}`}`,
    ),
  ];
  if (lines.length === 0) return "All is as it should be";
  const left = orphans.some(({ removed }) => !removed);
  return [...lines, ...(left ? ["clauderon reconcile --prune deletes the orphans"] : [])].join("\n");
}
