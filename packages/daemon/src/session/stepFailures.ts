import type { Log } from "@clauderon/base";
import type { Entry, Failure } from "../registry/model/entry.ts";
import { connectRetryMs, failureOf, judgeFailure, type Verdict } from "./model/failure.ts";
import type { Step } from "./model/plan.ts";

/** A failed step of a session. */
export interface FailedStep {
  readonly step: Step;
  readonly entry: Entry;
  readonly thrown: unknown;
}

/** Counts the failures in a row of one session's step, and remembers which was logged last. */
export class StepFailures {
  readonly #log: Log;
  #step: Step | undefined;
  #attempts = 0;
  #message: string | undefined;
  #listeners: ((thrown: unknown) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Forgets earlier failures. */
  forget(): void {
    this.#step = undefined;
    this.#attempts = 0;
    this.#message = undefined;
  }

  /** Counts a failure and logs it, unless it is the one that was logged last. */
  count({ step, entry, thrown }: FailedStep): { readonly failure: Failure; readonly verdict: Verdict } {
    if (step !== this.#step) this.forget();
    const failure = failureOf(thrown);
    this.#step = step;
    this.#attempts += 1;
    if (failure.message !== this.#message) {
      const stack = failure.code === "BUG" && thrown instanceof Error ? { stack: thrown.stack } : {};
      const { code, message: error } = failure;
      this.#log.warn("Step failed", {
        session: entry.record.name,
        step,
        attempts: this.#attempts,
        code,
        error,
        ...stack,
      });
    }
    this.#message = failure.message;
    const random = Math.random();
    if (step === "connect") return { failure, verdict: { retryMs: connectRetryMs(this.#attempts, random) } };
    return { failure, verdict: judgeFailure(thrown, entry, this.#attempts, random) };
  }

  /** Calls the listener with the next failure, once. Call the returned function to stop listening. */
  onNext(listener: (thrown: unknown) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Calls the listeners with a failure. The caller has recorded it by then. */
  tell(thrown: unknown): void {
    for (const listener of this.#listeners.splice(0)) listener(thrown);
  }
}
