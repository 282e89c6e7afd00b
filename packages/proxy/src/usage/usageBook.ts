import { type Log, messageOf } from "@clauderon/base";
import type { AuditRecord } from "@clauderon/protocol/proxy";
import { addTotals, keepLatest, type Totals, totalsOf } from "../model/usage/addUsage.ts";

/** Where totals are kept. */
export interface UsageStore {
  /** Replaces the totals by what `update` makes of them, also while another proxy does the same. */
  change(update: (totals: Totals) => Totals): Promise<void>;
}

export interface UsageBookOptions {
  readonly store: UsageStore;
  readonly hasGrant: (principal: string) => boolean;
  readonly log: Log;
  /** Returns after that time, or when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The least time between two writes, and between two attempts. */
const PAUSE_MS = 1_000;
const RETRY_MS = 5_000;

/**
 * What principals use, added to their totals in a store soon after each call. A write of which nobody knows whether it
 * happened is repeated: totals can be too high after one, and never too low. What a proxy that is killed has not written is
 * in the audit alone.
 */
export class UsageBook {
  readonly #options: UsageBookOptions;
  readonly #stop = new AbortController();
  #pending: Totals = new Map();
  #writing: Promise<void> | undefined;

  constructor(options: UsageBookOptions) {
    this.#options = options;
  }

  add(principal: string, usage: NonNullable<AuditRecord["usage"]>, time: string): void {
    this.#pending = addTotals(this.#pending, new Map([[principal, totalsOf(usage, time)]]));
    if (!this.#stop.signal.aborted) this.#writing ??= this.#writeAll();
  }

  /** Writes what is left, once. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
    if (this.#pending.size > 0) await this.#write();
  }

  async #writeAll(): Promise<void> {
    const { signal } = this.#stop;
    while (this.#pending.size > 0 && !signal.aborted) {
      const isWritten = await this.#write();
      await this.#options.sleep(isWritten ? PAUSE_MS : RETRY_MS, signal);
    }
    this.#writing = undefined;
  }

  async #write(): Promise<boolean> {
    const { store, hasGrant, log } = this.#options;
    const batch = this.#pending;
    this.#pending = new Map();
    try {
      await store.change((totals) => keepLatest(addTotals(totals, batch), hasGrant));
      return true;
    } catch (thrown) {
      this.#pending = addTotals(batch, this.#pending);
      log.error("Cannot write what sessions used", { error: messageOf(thrown) });
      return false;
    }
  }
}
