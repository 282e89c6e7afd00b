import type { AuditRecord } from "@clauderon/protocol/proxy";
import type { Metrics } from "../metrics.ts";
import { pricedUsage } from "../model/usage/usageCost.ts";
import type { UsageMeter } from "../model/usage/usageMeter.ts";
import type { UsageBook } from "../usage/usageBook.ts";
import type { AuditLog } from "./auditLog.ts";

/** What is known of a decision; more becomes known on the way. */
export type AuditFacts = {
  -readonly [Field in keyof AuditRecord as Exclude<Field, "time" | "durationMs">]?: AuditRecord[Field];
};

/** One decision until it is written. */
export interface AuditEntry {
  readonly facts: AuditFacts;
  /** Reads what the call of a model uses while its response passes. */
  meter?: UsageMeter;
  /** Writes the line, once; a later call does nothing. */
  end(status: number): void;
}

export interface AuditTrailOptions {
  readonly log: AuditLog;
  readonly metrics: Metrics;
  readonly usage: UsageBook;
  readonly now: () => number;
}

/** The lines that are being collected; each is written when what it describes has ended. */
export class AuditTrail {
  readonly #log: AuditLog;
  readonly #metrics: Metrics;
  readonly #usage: UsageBook;
  readonly #now: () => number;

  constructor({ log, metrics, usage, now }: AuditTrailOptions) {
    this.#log = log;
    this.#metrics = metrics;
    this.#usage = usage;
    this.#now = now;
  }

  /** Whether lines can be written. While they cannot, the proxy refuses everything: what it cannot prove does not happen. */
  get works(): boolean {
    return this.#log.works;
  }

  close(): void {
    this.#log.close();
  }

  begin(start: AuditFacts & { readonly method: string }): AuditEntry {
    const began = this.#now();
    const facts = { ...start };
    let isWritten = false;
    const entry: AuditEntry = {
      facts,
      end: (status) => {
        if (isWritten) return;
        isWritten = true;
        this.#metrics.count(facts.reason, { sent: facts.sent ?? 0, received: facts.received ?? 0 });
        const used = entry.meter?.usage;
        const usage = used === undefined ? undefined : pricedUsage(used);
        const durationMs = Math.max(0, this.#now() - began);
        const time = new Date(began).toISOString();
        if (usage !== undefined) this.#countUsage(facts, usage, time);
        this.#log.write({ ...facts, time, status: facts.status ?? status, durationMs, ...(usage && { usage }) });
      },
    };
    return entry;
  }

  #countUsage({ principal, session }: AuditFacts, usage: NonNullable<AuditRecord["usage"]>, time: string): void {
    this.#metrics.countUsage(usage, session);
    if (principal !== undefined) this.#usage.add(principal, usage, time);
  }
}
