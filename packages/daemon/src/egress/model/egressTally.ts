import type { EgressSuggestion } from "@clauderon/protocol";
import { type AuditRecord, CHECKED_HOST } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../../model/sessionRecord.ts";

type Unlisted = EgressSuggestion["unlisted"][number];

/** Most hosts that are named: an agent chooses them. */
const MAX_HOSTS = 500;

/** Adds up what a session asked for, and says by which rules it passed and for what there is none. */
export class EgressTally {
  readonly #session: SessionRecord;
  readonly #requestsByRule = new Map<string, number>();
  readonly #unlisted = new Map<string, Unlisted>();
  #requests = 0;
  #since: string | undefined;

  constructor(session: SessionRecord) {
    this.#session = session;
  }

  /** Decisions of other sessions do not count. */
  add(record: AuditRecord): void {
    // What passes in a tunnel that the proxy opens has lines of its own.
    if (record.principal !== this.#session.uid || record.host === CHECKED_HOST || isTunnel(record)) return;
    this.#since ??= record.time;
    this.#requests += 1;
    const { rule, recorded, reason } = record;
    if (recorded === true || reason === "HostNotListed") this.#addUnlisted(record);
    else if (rule !== undefined) this.#requestsByRule.set(rule, (this.#requestsByRule.get(rule) ?? 0) + 1);
  }

  get suggestion(): EgressSuggestion {
    const { mode = "Enforce", allow = [], presets = [] } = this.#session.spec.egress ?? {};
    return {
      mode,
      requests: this.#requests,
      ...(this.#since === undefined ? {} : { since: this.#since }),
      allow: allow.map((host) => ({ host, requests: this.#requestsByRule.get(`user:${host}`) ?? 0 })),
      presets: presets.map((name) => ({ name, requests: this.#requestsOf(name) })),
      unlisted: [...this.#unlisted.values()].toSorted((a, b) => b.requests - a.requests),
    };
  }

  /** The rules of a preset have its name as their origin. */
  #requestsOf(preset: string): number {
    const own = [...this.#requestsByRule].filter(([rule]) => rule.startsWith(`${preset}:`));
    return own.reduce((sum, [, requests]) => sum + requests, 0);
  }

  #addUnlisted({ host, port = 443, time, reason }: AuditRecord): void {
    if (host === undefined) return;
    const how = reason === undefined ? "Recorded" : "Refused";
    const key = JSON.stringify([host, port, how]);
    const known = this.#unlisted.get(key);
    if (known === undefined && this.#unlisted.size >= MAX_HOSTS) return;
    this.#unlisted.set(key, { host, port, how, requests: (known?.requests ?? 0) + 1, lastTime: time });
  }
}

/** A CONNECT that passed: what came through it counts instead. */
const isTunnel = ({ method, reason }: AuditRecord) => method === "CONNECT" && reason === undefined;
