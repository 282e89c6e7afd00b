/**
 * Every kind of failure that a user or a reconciler can act on, and its consequences.
 *
 * `disposition` is what a reconciler does: `retry` requeues with backoff, `wait` sleeps until a watch wakes it, `stop`
 * does nothing until the spec changes. `exit` is the exit code of a command, `http` the status of an API answer.
 * docs/errors.md explains each code; a test compares the two in both directions.
 */
export const FAULTS = {
  SPEC_INVALID: { disposition: "stop", exit: 2, http: 422 },
  USAGE: { disposition: "stop", exit: 2, http: 400 },
  FILE_UNREADABLE: { disposition: "stop", exit: 2, http: 400 },
  CONFIG_INVALID: { disposition: "stop", exit: 2, http: 400 },
  REFERENCE_NOT_FOUND: { disposition: "wait", exit: 3, http: 409 },
  CHILD_CONFLICT: { disposition: "wait", exit: 3, http: 409 },
  SESSION_EXISTS: { disposition: "stop", exit: 3, http: 409 },
  SESSION_NOT_FOUND: { disposition: "stop", exit: 3, http: 404 },
  SESSION_NOT_RUNNING: { disposition: "wait", exit: 3, http: 409 },
  RUN_IN_PROGRESS: { disposition: "wait", exit: 3, http: 409 },
  DAEMON_RUNNING: { disposition: "stop", exit: 3, http: 409 },
  DAEMON_UNAVAILABLE: { disposition: "retry", exit: 4, http: 503 },
  CLUSTER_UNAVAILABLE: { disposition: "retry", exit: 4, http: 503 },
  CLUSTER_REFUSED: { disposition: "retry", exit: 4, http: 502 },
  CLUSTER_MISMATCH: { disposition: "wait", exit: 4, http: 409 },
  ACCESS_DENIED: { disposition: "stop", exit: 5, http: 403 },
  CREDENTIAL_NOT_PERMITTED: { disposition: "stop", exit: 5, http: 403 },
  CREDENTIAL_MISSING: { disposition: "wait", exit: 5, http: 409 },
  AGENT_UNAVAILABLE: { disposition: "stop", exit: 6, http: 424 },
  AGENT_FAILED: { disposition: "stop", exit: 7, http: 424 },
  REPOSITORY_UNAVAILABLE: { disposition: "retry", exit: 8, http: 424 },
  SANDBOX_UNAVAILABLE: { disposition: "stop", exit: 6, http: 424 },
  BOUNDARY_LEAKS: { disposition: "stop", exit: 6, http: 424 },
  PROXY_UNAVAILABLE: { disposition: "retry", exit: 4, http: 503 },
  REGISTRY_UNREADABLE: { disposition: "stop", exit: 8, http: 500 },
  FEATURE_DISABLED: { disposition: "stop", exit: 2, http: 409 },
  TIMEOUT: { disposition: "stop", exit: 9, http: 504 },
} as const satisfies Record<string, { disposition: "retry" | "wait" | "stop"; exit: number; http: number }>;

export type FaultCode = keyof typeof FAULTS;

/**
 * An expected failure with a stable code. The message names the affected thing, starts with a capital and has no final
 * period; the hint says what the reader can do. Anything else that is thrown is a bug.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly hint: string | undefined;

  constructor(code: FaultCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Fault";
    this.code = code;
    this.hint = options.hint;
  }
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}

/** A Fault as the command line prints it: `error[CODE]: message`, then `hint: …` when there is one. */
export function faultText(fault: Fault): string {
  const first = `error[${fault.code}]: ${fault.message}`;
  return fault.hint === undefined ? first : `${first}\nhint: ${fault.hint}`;
}

/** The first Fault in what one of our programs printed, as `faultText` writes it; undefined when there is none. */
export function printedFault(text: string): Fault | undefined {
  const [, code = "", message = "", hint] = /^error\[(\w+)\]: ([^\n]*)(?:\nhint: ([^\n]*))?/m.exec(text) ?? [];
  return isFaultCode(code) ? new Fault(code, message, hint === undefined ? {} : { hint }) : undefined;
}
