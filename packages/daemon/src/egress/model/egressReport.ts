import type { EgressReport } from "@clauderon/protocol";
import { type AuditRecord, type Grant, presetRules, type UsageTotals } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../../model/sessionRecord.ts";
import { notedDecisions } from "./notedDecisions.ts";

export interface EgressFacts {
  /** Undefined for a session that is not running. */
  readonly grant: Grant | undefined;
  /** Of the proxy, for all its sessions. */
  readonly decisions: readonly AuditRecord[];
  readonly usage: UsageTotals | undefined;
}

/** What a session may reach, and what the proxy says of it. */
export function egressReport({ uid, spec }: SessionRecord, { grant, decisions, usage }: EgressFacts): EgressReport {
  const rules = [...(grant?.allow ?? []), ...(grant?.presets ?? []).flatMap((name) => presetRules(name))];
  return {
    mode: spec.egress?.mode ?? "Enforce",
    accessMode: grant?.accessMode ?? spec.accessMode,
    allowed: rules.map(({ host, methods, origin = "user" }) => ({
      host,
      origin,
      ...(methods === undefined ? {} : { methods }),
    })),
    credentials: [...(grant?.credentials ?? [])],
    ...(usage === undefined ? {} : { usage }),
    noted: [...notedDecisions(decisions, uid)],
  };
}
