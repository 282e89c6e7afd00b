import { Fault } from "@clauderon/base";
import type { EgressReport, SessionEgress as Egress } from "@clauderon/protocol";
import { parseHostPattern } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../model/sessionRecord.ts";
import type { Registry } from "../registry/registry.ts";
import type { SessionEgress } from "./sessionEgress.ts";

/** What the user asks and changes about the boundary of a session. */
export class EgressPolicy {
  readonly #registry: Registry;
  readonly #egress: SessionEgress;

  constructor(registry: Registry, egress: SessionEgress) {
    this.#registry = registry;
    this.#egress = egress;
  }

  show(name: string): EgressReport {
    return this.#egress.report(this.#bounded(name).record);
  }

  /** Allows a host from now on, and after each restart of the session. */
  async allow(name: string, host: string): Promise<EgressReport> {
    const { record, egress } = this.#bounded(name);
    const allow = [...new Set([...egress.allow, parseHostPattern(host) ?? host])];
    this.#registry.change(name, { spec: { ...record.spec, egress: { ...egress, allow } } });
    await this.#egress.allow(record, allow);
    return this.show(name);
  }

  #bounded(name: string): { readonly record: SessionRecord; readonly egress: Egress } {
    const record = this.#registry.get(name)?.record;
    if (record === undefined)
      throw new Fault("SESSION_NOT_FOUND", `There is no session "${name}"`, {
        hint: "Run clauderon list to see your sessions",
      });
    const { egress } = record.spec;
    if (egress !== undefined) return { record, egress };
    throw new Fault("USAGE", `Session "${name}" has no boundary: its agent can reach every host`, {
      hint: "Create a session with one: clauderon create --sandbox --egress enforce",
    });
  }
}
