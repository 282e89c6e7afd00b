import type { Grant } from "@clauderon/protocol/proxy";

/** Every reason for which the proxy refuses, with the status of its answer. */
export const REFUSALS = {
  MalformedAuthority: 400,
  MalformedTarget: 400,
  MalformedHeaders: 400,
  IpLiteral: 403,
  AddressNotPublic: 403,
  HostNotListed: 403,
  PortNotListed: 403,
  MethodNotListed: 403,
  PathNotListed: 403,
  MethodRefused: 403,
  PlainHttp: 403,
  AuthorityMismatch: 421,
  ReadOnly: 403,
  BodyNotRead: 403,
  PlaceholderMisplaced: 403,
  PlaceholderForeign: 403,
  CredentialForeign: 403,
  CredentialInQuery: 403,
} as const satisfies Record<string, 400 | 403 | 421>;

export type RefusalReason = keyof typeof REFUSALS;

export interface Refusal {
  readonly allow: false;
  readonly reason: RefusalReason;
  readonly status: 400 | 403 | 421;
  /** A sentence for the person or the agent that reads the answer, and how to allow the request if a grant can. */
  readonly message: string;
  /** What was asked, as far as it could be read: the audit shows it, and what to allow is found by it. */
  readonly host?: string;
  readonly port?: number;
  /** Without the query. */
  readonly path?: string;
}

export function refuse(reason: RefusalReason, message: string): Refusal {
  return { allow: false, reason, status: REFUSALS[reason], message };
}

/** What a user does to allow a host, or `host:port` for any protocol, to end a message with. */
export function howToAllow({ name }: Grant, list: "allow" | "tcp", what: string): string {
  return `To allow it, add ${what} to "${list}" in the grant of ${name}`;
}
