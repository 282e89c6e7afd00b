import { FAULTS, isFaultCode } from "@clauderon/base/fault";
import type { Reconciled } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";

export interface ReconcileRequest {
  readonly prune: boolean;
  readonly json: boolean;
}

/** Lets the daemon compare and repair, and prints the result. */
export async function reconcileCommand({ prune, json }: ReconcileRequest, context: CommandContext): Promise<void> {
  const reconciled = await (await connectDaemon(context.config)).reconcile(prune);
  context.print(json ? JSON.stringify(reconciled, null, 2) : reconciledText(reconciled, prune));
  const [first] = reconciled.problems;
  if (first !== undefined) context.setExitCode(isFaultCode(first.code) ? FAULTS[first.code].exit : 1);
}

function reconciledText({ repaired, orphans, problems }: Reconciled, isPruned: boolean): string {
  const lines = [
    ...repaired.map(({ name, message }) => `${name}: ${message}`),
    ...orphans.map(
      ({ kind, name, removed, message }) =>
        `${removed ? "deleted" : "orphan"}: ${kind} ${name}${message === undefined ? "" : `: ${message}`}`,
    ),
    ...problems.map(({ backend, message, hint }) =>
      [`Could not check ${backend}: ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])].join("\n"),
    ),
  ];
  if (lines.length === 0) return "All sessions are consistent. Nothing to repair.";
  // An orphan that is never pruned has a message, which says what to do.
  const left = !isPruned && orphans.some(({ message }) => message === undefined);
  return [...lines, ...(left ? ["Run `clauderon reconcile --prune` to delete the orphans"] : [])].join("\n");
}
