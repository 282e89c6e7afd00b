import { Fault, type Secret } from "@clauderon/base";
import type {
  Backend,
  EgressReport,
  EgressSuggestion,
  SessionEgress,
  SessionSpec,
  UsageList,
} from "@clauderon/protocol";
import { parseHostPattern, type UsageTotals } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../model/sessionRecord.ts";
import type { Registry } from "../registry/registry.ts";
import { disabled } from "../session/model/disabled.ts";
import { EgressTally } from "./model/egressTally.ts";
import { withUserHosts } from "./model/sessionGrant.ts";
import type { Boundaries } from "./boundaries.ts";

/** What the user asks and changes about the boundary of a session. */
export class EgressPolicy {
  readonly #registry: Registry;
  readonly #boundaries: ReadonlyMap<Backend, Boundaries>;

  constructor(registry: Registry, boundaries: ReadonlyMap<Backend, Boundaries>) {
    this.#registry = registry;
    this.#boundaries = boundaries;
  }

  async show(name: string): Promise<EgressReport> {
    const { record } = this.#bounded(name);
    return await this.#of(record).report(record);
  }

  /** What the session's list should say, by all that its agent asked for. */
  async suggest(name: string): Promise<EgressSuggestion> {
    const { record } = this.#bounded(name);
    const tally = new EgressTally(record);
    for await (const decision of this.#of(record).decisions()) tally.add(decision);
    return tally.suggestion;
  }

  /** What the sessions used, by their names, as far as it can be read now. */
  async usage(): Promise<UsageList> {
    const found = await Promise.all(
      [...this.#boundaries.values()].map(
        async (boundaries) => await boundaries.usage().catch(() => new Map<string, UsageTotals>()),
      ),
    );
    const totals = new Map(found.flatMap((each) => [...each]));
    const sessions = this.#registry.list().flatMap(({ record: { name, uid, spec } }) => {
      const used = spec.egress === undefined ? undefined : totals.get(uid);
      return used === undefined ? [] : [[name, used] as const];
    });
    return { items: Object.fromEntries(sessions) };
  }

  /** Allows a host from now on, and after each restart of the session. */
  async allow(name: string, host: string): Promise<EgressReport> {
    const { record, egress } = this.#bounded(name);
    const allow = [...new Set([...egress.allow, parseHostPattern(host) ?? host])];
    this.#registry.change(name, { spec: { ...record.spec, egress: { ...egress, allow } } });
    await this.#of(record).change(record, (grant) => withUserHosts(grant, allow));
    return await this.show(name);
  }

  /** Changes what the agent may do to the services that it reaches, from now on and after each restart of the session. */
  async setAccessMode(name: string, accessMode: SessionSpec["accessMode"]): Promise<EgressReport> {
    const { record } = this.#bounded(name);
    this.#registry.change(name, { spec: { ...record.spec, accessMode } });
    await this.#of(record).change(record, (grant) => ({ ...grant, accessMode }));
    return await this.show(name);
  }

  /** Lets the proxies use another value of a credential, or none. */
  renew(name: string, secret: Secret | undefined): void {
    for (const boundaries of this.#boundaries.values()) boundaries.renew(name, secret);
  }

  #of({ spec: { backend } }: SessionRecord): Boundaries {
    const boundaries = this.#boundaries.get(backend);
    if (boundaries !== undefined) return boundaries;
    throw disabled(backend);
  }

  #bounded(name: string): { readonly record: SessionRecord; readonly egress: SessionEgress } {
    const record = this.#registry.get(name)?.record;
    if (record === undefined)
      throw new Fault("SESSION_NOT_FOUND", `There is no session "${name}"`, {
        hint: "Run clauderon list to see your sessions",
      });
    const { egress } = record.spec;
    if (egress !== undefined) return { record, egress };
    throw new Fault("USAGE", `Session "${name}" has no boundary: its agent can reach every host`, {
      hint: "Create a session with one: clauderon create --egress enforce, with --sandbox or --backend kubernetes",
    });
  }
}
