import type { Grant } from "@clauderon/protocol/proxy";
import type { AuditEntry } from "../audit/auditTrail.ts";
import type { Passage } from "../model/decideRequest.ts";
import type { Incoming } from "./incoming.ts";

/** A request that may pass. */
export interface Job {
  readonly incoming: Incoming;
  readonly entry: AuditEntry;
  readonly grant: Grant;
  readonly passage: Passage;
  /** Whether the response says what a call of a model used. */
  readonly isModelCall: boolean;
  /** The body when it was read before; otherwise it is still to come. */
  readonly body: Buffer | undefined;
}
