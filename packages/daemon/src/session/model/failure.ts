import { type Backoff, backoffMs, Fault, FAULTS, messageOf } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import type { Entry, Failure } from "../../registry/model/entry.ts";

/** What follows from a step that failed: it is tried again after a while, or given up until a person wants it tried again. */
export type Verdict = { readonly retryMs: number } | { readonly giveUp: Failure };

const BACKOFF: Backoff = { baseMs: 500, maxMs: 60_000 };

/** Causes outside the cluster are seldom healed by waiting, and a person waits for the answer. */
const MAX_ATTEMPTS = 4;

/** `attempts` is how often it has failed in a row, `random` in [0, 1). A removal is never given up. */
export function judgeFailure(thrown: unknown, entry: Entry, attempts: number, random: number): Verdict {
  const retryMs = backoffMs(BACKOFF, attempts, random);
  if (entry.wanted !== "Running") return { retryMs };
  const isFinal = thrown instanceof Fault && FAULTS[thrown.code].disposition === "stop";
  const isPatient = thrown instanceof Fault && PATIENT.has(thrown.code);
  return isFinal || (!isPatient && attempts >= MAX_ATTEMPTS) ? { giveUp: failureOf(thrown) } : { retryMs };
}

const CONNECT_BACKOFF: Backoff = { baseMs: 500, maxMs: 10_000 };

/** After so many tries a runner is looked for again; one that was there a moment ago is looked for as long as it takes. */
export function connectRetryMs(attempts: number, random: number): number {
  return backoffMs(CONNECT_BACKOFF, attempts, random);
}

/** Causes that somebody else mends, however long that takes. */
const PATIENT: ReadonlySet<string> = new Set([
  "CLUSTER_UNAVAILABLE",
  "CLUSTER_REFUSED",
  "CLUSTER_MISMATCH",
  "REFERENCE_NOT_FOUND",
  "CHILD_CONFLICT",
  "CREDENTIAL_MISSING",
  "SESSION_NOT_RUNNING",
]);

/** A Fault as it is kept and shown, with nothing that a terminal acts on; of a bug that it was one. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Fault)) return { code: "BUG", message: clean(messageOf(thrown)), hint: "See daemon.log" };
  const { code, message, hint } = thrown;
  return { code, message: clean(message), ...(hint === undefined ? {} : { hint: clean(hint) }) };
}

const clean = (text: string) => cleanText(text, 16_384);
