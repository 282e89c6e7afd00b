import type { AuditRecord } from "@clauderon/protocol/proxy";

interface Spent {
  costUsd: number;
  readonly tokens: Map<string, number>;
}

/** Most sessions and AgentJobs that have a series; those that called a model last. */
const MAX_SESSIONS = 1_000;

/**
 * What the proxy counts, as text in the format of Prometheus. Labels hold nothing that a client chooses: a session is the
 * name in its grant.
 */
export class Metrics {
  readonly #refused = new Map<string, number>();
  readonly #models = new Map<string, Spent>();
  readonly #sessions = new Map<string, Spent>();
  #allowed = 0;
  #sent = 0;
  #received = 0;

  /** Counts one decision; `reason` says why it was refused or failed. */
  count(reason: string | undefined, bytes: { readonly sent: number; readonly received: number }): void {
    if (reason === undefined) this.#allowed++;
    else this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    this.#sent += bytes.sent;
    this.#received += bytes.received;
  }

  /** Counts what one call of a model used. Models that the price list does not have are one. */
  countUsage(usage: NonNullable<AuditRecord["usage"]>, session: string | undefined): void {
    spend(this.#models, usage.costUsd === undefined ? "unpriced" : usage.model, usage);
    if (session === undefined) return;
    spend(this.#sessions, session, usage);
    const [oldest = ""] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(oldest);
  }

  /** The page, with gauges that the caller reads elsewhere. */
  text(gauges: Readonly<Record<string, number>>): string {
    const refused = [...this.#refused].map(
      ([reason, count]) => `clauderon_proxy_decisions_total{outcome="refused",reason="${reason}"} ${count}\n`,
    );
    return [
      "# TYPE clauderon_proxy_decisions_total counter\n",
      `clauderon_proxy_decisions_total{outcome="allowed",reason=""} ${this.#allowed}\n`,
      ...refused,
      "# TYPE clauderon_proxy_bytes_total counter\n",
      `clauderon_proxy_bytes_total{direction="sent"} ${this.#sent}\n`,
      `clauderon_proxy_bytes_total{direction="received"} ${this.#received}\n`,
      ...spentText("model", this.#models),
      ...spentText("session", this.#sessions),
      ...Object.entries(gauges).map(
        ([name, value]) => `# TYPE clauderon_proxy_${name} gauge\nclauderon_proxy_${name} ${value}\n`,
      ),
    ].join("");
  }
}

/** Adds to what is spent under a label, which is then the last. */
function spend(
  spent: Map<string, Spent>,
  label: string,
  { model: _model, costUsd = 0, ...counts }: NonNullable<AuditRecord["usage"]>,
): void {
  const totals = spent.get(label) ?? { costUsd: 0, tokens: new Map<string, number>() };
  spent.delete(label);
  spent.set(label, totals);
  totals.costUsd += costUsd;
  for (const [kind, count] of Object.entries(counts)) totals.tokens.set(kind, (totals.tokens.get(kind) ?? 0) + count);
}

function spentText(name: "model" | "session", spent: ReadonlyMap<string, Spent>): readonly string[] {
  return [
    `# TYPE clauderon_proxy_${name}_tokens_total counter\n`,
    ...[...spent].flatMap(([label, { tokens }]) =>
      [...tokens].map(
        ([kind, count]) => `clauderon_proxy_${name}_tokens_total{${name}="${label}",kind="${kind}"} ${count}\n`,
      ),
    ),
    `# TYPE clauderon_proxy_${name}_cost_dollars_total counter\n`,
    ...[...spent].map(
      ([label, { costUsd }]) => `clauderon_proxy_${name}_cost_dollars_total{${name}="${label}"} ${costUsd}\n`,
    ),
  ];
}
