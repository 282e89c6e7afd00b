import type { EgressReport } from "@clauderon/protocol";
import { type AuditRecord, CHECKED_HOST } from "@clauderon/protocol/proxy";

type Noted = EgressReport["noted"][number];

const MAX_NOTED = 50;

/** What was refused to a principal, or passed although no rule allows it: the latest first, each kind once. */
export function notedDecisions(records: readonly AuditRecord[], principal: string): readonly Noted[] {
  const kinds = new Map<string, Noted>();
  for (const record of records) {
    const noted = record.principal === principal ? notedOf(record) : undefined;
    if (noted === undefined) continue;
    const kind = JSON.stringify([noted.host, noted.port, noted.method, noted.reason]);
    const { count } = kinds.get(kind) ?? { count: 0 };
    kinds.delete(kind);
    kinds.set(kind, { ...noted, count: count + 1 });
  }
  return [...kinds.values()].toReversed().slice(0, MAX_NOTED);
}

function notedOf({ time, host, port, method, path, reason, recorded }: AuditRecord): Noted | undefined {
  const why = reason ?? (recorded === true ? "Recorded" : undefined);
  // A client that ends was not refused; and the runner asks for this host to see that it is.
  if (why === undefined || why === "ClientClosed" || host === undefined || host === CHECKED_HOST) return undefined;
  const where = { host, ...(port === undefined ? {} : { port }), ...(path === undefined ? {} : { path }) };
  return { time, method, reason: why, count: 1, ...where };
}
