import type { EgressReport } from "@clauderon/protocol";
import { type AuditRecord, type Grant, presetRules } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../../model/sessionRecord.ts";
import { notedDecisions } from "./notedDecisions.ts";

/** What a session may reach by its grant, if it has one, and what these decisions of the proxy say of it. */
export function egressReport(
  { uid, spec }: SessionRecord,
  grant: Grant | undefined,
  decisions: readonly AuditRecord[],
): EgressReport {
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
    noted: [...notedDecisions(decisions, uid)],
  };
}
