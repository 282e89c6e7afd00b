/** What the proxy counts, as text in the format of Prometheus. Labels hold nothing that a client chooses. */
export class Metrics {
  readonly #refused = new Map<string, number>();
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
      ...Object.entries(gauges).map(
        ([name, value]) => `# TYPE clauderon_proxy_${name} gauge\nclauderon_proxy_${name} ${value}\n`,
      ),
    ].join("");
  }
}
