import type { AuditEntry } from "../audit/auditTrail.ts";
import { answer, type Incoming } from "./incoming.ts";

/** Why a request or a connection ends at the proxy. */
export interface Ending {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export const AUTHENTICATE = ["proxy-authenticate", 'Basic realm="clauderon-proxy"'] as const;

export const AUDIT_FAILED: Ending = {
  status: 503,
  reason: "AuditUnavailable",
  message: "The audit log cannot be written, so nothing passes",
};

export const TOO_MANY: Ending = {
  status: 429,
  reason: "LimitReached",
  message: "Too many connections or requests are open at the same time: close some and try again",
};

export const REVOKED: Ending = {
  status: 403,
  reason: "GrantRevoked",
  message: "The grant with which this connection was opened is gone",
};

export const STALLED: Ending = {
  status: 408,
  reason: "BodyStalled",
  message: "The body of the request did not arrive in time",
};

export function unauthenticated(reason: "CredentialsMissing" | "CredentialsInvalid"): Ending {
  return reason === "CredentialsMissing"
    ? { status: 407, reason, message: "The proxy needs a user name and a password in the proxy's URL" }
    : { status: 407, reason, message: "The user name or the password in the proxy's URL is not valid" };
}

/** Answers instead of the server, and notes why. */
export function end(incoming: Incoming, entry: AuditEntry, ending: Ending): void {
  entry.facts.reason = ending.reason;
  answer(incoming, ending, ending.status === 407 ? [AUTHENTICATE] : []);
}
