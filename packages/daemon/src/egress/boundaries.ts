import type { Secret } from "@clauderon/base";
import type { EgressReport } from "@clauderon/protocol";
import type { SessionRecord } from "../model/sessionRecord.ts";

/** The boundaries of one backend's sessions, as their users see and change them. */
export interface Boundaries {
  /** Gives a session the hosts that its user allows now, if it has a grant. */
  allow(session: SessionRecord, hosts: readonly string[]): Promise<void>;
  report(session: SessionRecord): Promise<EgressReport>;
  /** Lets the proxy use another value of a credential, or none, where a session has it. */
  renew(name: string, secret: Secret | undefined): void;
}
