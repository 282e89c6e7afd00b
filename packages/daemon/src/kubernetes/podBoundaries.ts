import { type Log, messageOf, type Secret } from "@clauderon/base";
import { clusterWords } from "@clauderon/pods";
import type { EgressReport } from "@clauderon/protocol";
import { type AuditRecord, type Grant, usageInConfigMap, type UsageTotals } from "@clauderon/protocol/proxy";
import type { Boundaries } from "../egress/boundaries.ts";
import { egressReport } from "../egress/model/egressReport.ts";
import type { SessionRecord } from "../model/sessionRecord.ts";
import type { Cluster } from "./cluster.ts";
import { credentialsIn, type GrantContent, grantIn, grantSecretOf, isInEffect, passwordIn } from "./grantSecret.ts";
import { readProxyLog } from "./proxyLog.ts";
import { SessionObjects } from "./sessionObjects.ts";

export interface PodBoundariesOptions {
  readonly cluster: Cluster;
  readonly sessions: () => readonly SessionRecord[];
  readonly log: Log;
}

/** The boundaries of sessions in pods: the Secrets from which the proxy of their namespace reads the grants. */
export class PodBoundaries implements Boundaries {
  readonly #options: PodBoundariesOptions;

  constructor(options: PodBoundariesOptions) {
    this.#options = options;
  }

  change(session: SessionRecord, change: (grant: Grant) => Grant): Promise<void> {
    return this.#change(session, (content) => ({ ...content, grant: change(content.grant) }));
  }

  async report(session: SessionRecord): Promise<EgressReport> {
    const [grantSecret, totals] = await Promise.all([this.#objects().grant(session), this.usage()]);
    const [grant, usage] = [grantIn(grantSecret), totals.get(session.uid)];
    const { client, caches } = this.#options.cluster.open();
    try {
      return egressReport(session, { grant, usage, decisions: await readProxyLog(client, caches.namespace) });
    } catch (thrown) {
      const notedProblem = `The proxy's log cannot be read: ${clusterWords(messageOf(thrown))}`;
      return { ...egressReport(session, { grant, usage, decisions: [] }), notedProblem };
    }
  }

  async *decisions(): AsyncGenerator<AuditRecord> {
    const { client, caches } = this.#options.cluster.open();
    yield* await readProxyLog(client, caches.namespace);
  }

  async usage(): Promise<ReadonlyMap<string, UsageTotals>> {
    return usageInConfigMap(await this.#objects().usage());
  }

  renew(name: string, secret: Secret | undefined): void {
    const bounded = this.#options.sessions().filter(({ spec }) => spec.backend === "kubernetes" && spec.egress);
    for (const session of bounded) {
      this.#change(session, (content) => withCredential(content, name, secret)).catch((thrown: unknown) => {
        const error = messageOf(thrown);
        this.#options.log.error("Cannot change a credential", { session: session.name, credential: name, error });
      });
    }
  }

  /** Changes the grant of a session that has a pod. */
  async #change(session: SessionRecord, change: (content: GrantContent) => GrantContent): Promise<void> {
    const objects = this.#objects();
    const { claim } = await objects.look(session);
    if (claim === undefined) return;
    await objects.changeGrant(session, (live) => {
      const [grant, password] = [grantIn(live), passwordIn(live)];
      if (grant === undefined || password === undefined) return undefined;
      const content = { grant, password, credentials: credentialsIn(live), isInEffect: isInEffect(live) };
      return grantSecretOf(session, claim, change(content));
    });
  }

  #objects(): SessionObjects {
    const { client, caches } = this.#options.cluster.open();
    return new SessionObjects(client, caches.namespace);
  }
}

function withCredential(content: GrantContent, name: string, secret: Secret | undefined): GrantContent {
  const { grant, credentials } = content;
  if (!grant.credentials.includes(name)) return content;
  const others = [...credentials].filter(([each]) => each !== name);
  return { ...content, credentials: new Map([...others, ...(secret === undefined ? [] : [[name, secret] as const])]) };
}
