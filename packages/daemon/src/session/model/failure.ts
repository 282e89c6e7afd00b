import { type Backoff, backoffMs, Fault, FAULTS, messageOf } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import type { Entry, Failure } from "../../registry/model/entry.ts";

/** What follows a failed step: another try after a pause, or none until a person asks for one. */
export type Verdict = { readonly retryMs: number } | { readonly giveUp: Failure };

const BACKOFF: Backoff = { baseMs: 500, maxMs: 60_000 };

/** Waiting rarely fixes a cause outside the cluster, and a person waits for the answer. */
const MAX_ATTEMPTS = 4;

/** `attempts` counts the failures in a row; `random` is in [0, 1). A removal is always tried again. */
export function judgeFailure(thrown: unknown, entry: Entry, attempts: number, random: number): Verdict {
  const retryMs = backoffMs(BACKOFF, attempts, random);
  if (entry.wanted !== "Running") return { retryMs };
  const isFinal = thrown instanceof Fault && FAULTS[thrown.code].disposition === "stop";
  const isPatient = thrown instanceof Fault && PATIENT.has(thrown.code);
  return isFinal || (!isPatient && attempts >= MAX_ATTEMPTS) ? { giveUp: failureOf(thrown) } : { retryMs };
}

const CONNECT_BACKOFF: Backoff = { baseMs: 500, maxMs: 10_000 };

/** How long to wait before the next try to connect. A runner that answered a moment ago gets as many tries as it needs. */
export function connectRetryMs(attempts: number, random: number): number {
  return backoffMs(CONNECT_BACKOFF, attempts, random);
}

/** Causes that somebody else fixes, however long that takes. */
const PATIENT: ReadonlySet<string> = new Set([
  "CLUSTER_UNAVAILABLE",
  "CLUSTER_REFUSED",
  "CLUSTER_MISMATCH",
  "REFERENCE_NOT_FOUND",
  "CHILD_CONFLICT",
  "CREDENTIAL_MISSING",
  "SESSION_NOT_RUNNING",
]);

/**
 * A Fault in the form that is stored and shown, without control characters. Anything else that was thrown gets the code
 * BUG.
 */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Fault)) return { code: "BUG", message: clean(messageOf(thrown)), hint: "See daemon.log" };
  const { code, message, hint } = thrown;
  return { code, message: clean(message), ...(hint === undefined ? {} : { hint: clean(hint) }) };
}

const clean = (text: string) => cleanText(text, 16_384);
