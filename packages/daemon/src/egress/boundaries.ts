import type { Secret } from "@clauderon/base";
import type { EgressReport } from "@clauderon/protocol";
import type { AuditRecord, Grant, UsageTotals } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../model/sessionRecord.ts";

/** The boundaries of one backend's sessions, as their users see and change them. */
export interface Boundaries {
  /** Changes what a session may do at the proxy, if it has a grant. */
  change(session: SessionRecord, change: (grant: Grant) => Grant): Promise<void>;
  report(session: SessionRecord): Promise<EgressReport>;
  /** The decisions of the proxy that can still be read, of each of its principals the oldest first. */
  decisions(): AsyncIterable<AuditRecord>;
  /** What the sessions used, by their uids. */
  usage(): Promise<ReadonlyMap<string, UsageTotals>>;
  /** Lets the proxy use another value of a credential, or none, where a session has it. */
  renew(name: string, secret: Secret | undefined): void;
}
