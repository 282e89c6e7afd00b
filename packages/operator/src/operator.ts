import { objectKey, type Log, type Clock } from "@clauderon/base";
import { EventRecorder, InformerSet, KeptForms, runController, WorkQueue } from "@clauderon/controller";
import type { KubeClient } from "@clauderon/kube";
import { openCaches, wakeOnChange } from "./agentJob/caches.ts";
import { OwnWrites } from "./agentJob/ownWrites.ts";
import { reconcileAgentJob } from "./agentJob/reconciler.ts";
import { outlivedKeys } from "./agentJob/sweep.ts";
import type { LeaderElection, OperatorConfig } from "./config.ts";
import { CrdWatch } from "./crds/crdWatch.ts";
import { OPERATOR_NAME, whileLeading } from "./leading.ts";

export interface OperatorOptions {
  readonly client: KubeClient;
  readonly log: Log;
  readonly clock: Clock;
  readonly watchNamespace: string | undefined;
  readonly workers: number;
  readonly accessCeiling: OperatorConfig["accessCeiling"];
  readonly leaderElection: LeaderElection | undefined;
}

/** The controller of AgentJobs. Its informers run from the start; it reconciles while it is the leader. */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #informers: InformerSet;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#informers = new InformerSet(options.client, { log: options.log, clock: options.clock });
  }

  #crds: CrdWatch | undefined;

  /**
   * Why the operator is not ready; undefined if every cache has synced and the CRDs are at least its own. A standby is ready
   * too. An operator that is not ready stops the rollout of its Deployment, and the previous version continues.
   */
  get unready(): string | undefined {
    if (this.#crds?.problem !== undefined) return this.#crds.problem;
    return this.#crds !== undefined && this.#informers.isSynced ? undefined : "caches are not synced";
  }

  /** Reconciles until the signal aborts. Then finishes the active passes and resolves within a few seconds. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, log, clock, watchNamespace, leaderElection } = this.#options;
    const instance = leaderElection?.identity ?? OPERATOR_NAME;
    const events = new EventRecorder({ client, log, clock, reporter: { controller: OPERATOR_NAME, instance } });
    const caches = openCaches(this.#informers, watchNamespace);
    let queue: WorkQueue | undefined;
    const wakeAll = () => {
      for (const { metadata } of caches.agentJobs.list()) queue?.add(objectKey(metadata));
    };
    wakeOnChange(caches, (key) => queue?.add(key));
    const crds = new CrdWatch(this.#informers, log, wakeAll);
    this.#crds = crds;
    this.#informers.start(signal);
    const lead = async (leading: AbortSignal) => {
      if (!(await this.#informers.synced(leading))) return;
      log.info("Started reconciling", { agentJobs: caches.agentJobs.list().length });
      crds.look();
      queue = new WorkQueue({ clock });
      wakeAll();
      for (const key of outlivedKeys(caches, watchNamespace)) queue.add(key);
      const { accessCeiling } = this.#options;
      const memory = { ownWrites: new OwnWrites(), kept: new KeptForms() };
      const operator = { caches, crds, client, events, clock, accessCeiling, ...memory };
      const reconcile = (key: string) => reconcileAgentJob(operator, key);
      await runController({ name: "agentjob", queue, workers: this.#options.workers, reconcile, log, clock }, leading);
      queue = undefined;
    };
    await whileLeading({ client, log, clock, leaderElection }, signal, lead);
    await Promise.race([events.flush(), clock.sleep(FLUSH_MS)]);
  }
}

/** Time to write the last events when the operator stops. */
const FLUSH_MS = 2000;
