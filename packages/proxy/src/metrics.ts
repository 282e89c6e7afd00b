import type { AuditRecord } from "@clauderon/protocol/proxy";

interface ModelTotals {
  costUsd: number;
  readonly tokens: Map<string, number>;
}

/** What the proxy counts, as text in the format of Prometheus. Labels hold nothing that a client chooses. */
export class Metrics {
  readonly #refused = new Map<string, number>();
  readonly #models = new Map<string, ModelTotals>();
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

  /** Counts what one call of a model used. The labels are models of the price list: the rest is one. */
  countUsage({ model, costUsd, ...counts }: NonNullable<AuditRecord["usage"]>): void {
    const label = costUsd === undefined ? "unpriced" : model;
    const totals = this.#models.get(label) ?? { costUsd: 0, tokens: new Map<string, number>() };
    this.#models.set(label, totals);
    totals.costUsd += costUsd ?? 0;
    for (const [kind, count] of Object.entries(counts)) totals.tokens.set(kind, (totals.tokens.get(kind) ?? 0) + count);
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
      "# TYPE clauderon_proxy_model_tokens_total counter\n",
      ...[...this.#models].flatMap(([model, { tokens }]) =>
        [...tokens].map(
          ([kind, count]) => `clauderon_proxy_model_tokens_total{model="${model}",kind="${kind}"} ${count}\n`,
        ),
      ),
      "# TYPE clauderon_proxy_model_cost_dollars_total counter\n",
      ...[...this.#models].map(
        ([model, { costUsd }]) => `clauderon_proxy_model_cost_dollars_total{model="${model}"} ${costUsd}\n`,
      ),
      ...Object.entries(gauges).map(
        ([name, value]) => `# TYPE clauderon_proxy_${name} gauge\nclauderon_proxy_${name} ${value}\n`,
      ),
    ].join("");
  }
}
