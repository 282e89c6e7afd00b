import type { Duplex } from "node:stream";
import { type Backoff, backoffMs, Fault, type FaultCode, type Log, type Clock } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import { expandHome } from "@clauderon/config";
import type { BackendContext, Observation, Orphan, SessionBackend, SessionRecord } from "../backend.ts";
import { hasOwnRepository } from "../model/hasOwnRepository.ts";
import type { DaemonConfig } from "../config.ts";
import { OTHER_CLUSTER } from "../model/observation.ts";
import type { NamespacePlace } from "../model/namespacePlace.ts";
import { bringUp } from "./bringUp.ts";
import type { SessionTools } from "./sessionTools.ts";
import { Cluster } from "./cluster.ts";
import { locate } from "./clusterPlace.ts";
import { connect } from "./connect.ts";
import { leftBehind } from "./model/leftBehind.ts";
import { closeBoundary, withGranted } from "./podBoundary.ts";
import { PodBoundaries } from "./podBoundaries.ts";
import { PodGit } from "./podGit.ts";
import { creatorOf, type LiveClaim, namespaceUidOf } from "./model/objects.ts";
import { observation } from "./model/observation.ts";
import { orphansOf } from "./model/orphans.ts";
import { recordOf } from "./model/record.ts";
import { type KubernetesSettings, kubernetesSettings } from "./model/settings.ts";
import { mismatchFault } from "./model/whereabouts.ts";
import { SessionObjects } from "./sessionObjects.ts";
import { halt, remove, removeStrayPod } from "./takeDown.ts";

/** The pause between tries to read a kubeconfig. */
const RETRY: Backoff = { baseMs: 2_000, maxMs: 60_000 };

export interface KubernetesBackendOptions {
  readonly cluster: Cluster;
  readonly settings: KubernetesSettings;
  readonly clock: Clock;
  readonly git: PodGit;
  /** Records where a session is, before anything is made for it there. */
  readonly placed: (session: SessionRecord, place: NamespacePlace) => void;
}

/** Sessions as pods of one namespace. If the cluster cannot be reached, only these sessions stop. */
export class KubernetesBackend implements SessionBackend {
  readonly name = "kubernetes";
  readonly hasOwnRepository = hasOwnRepository(this.name);
  readonly #cluster: Cluster;
  readonly #settings: KubernetesSettings;
  readonly #clock: Clock;
  readonly #git: PodGit;
  readonly #placed: KubernetesBackendOptions["placed"];
  /** Sessions whose observation changes when the cluster becomes unreachable. */
  readonly #observed = new Set<string>();

  constructor({ cluster, settings, clock, git, placed }: KubernetesBackendOptions) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#clock = clock;
    this.#git = git;
    this.#placed = placed;
  }

  async bringUp(session: SessionRecord, context: BackendContext): Promise<void> {
    const tools = await this.#tools(context.signal);
    const namespaceUid = await this.#ensurePlace(session, "MakeThere");
    await bringUp({ ...tools, namespaceUid }, session, context);
  }

  async halt(session: SessionRecord, context: BackendContext): Promise<void> {
    const tools = await this.#tools(context.signal);
    await this.#ensurePlace(session, "LeaveUnknown");
    await halt(tools, session, context);
    if (session.spec.egress !== undefined) await closeBoundary(tools, session);
  }

  async remove(session: SessionRecord, context: BackendContext): Promise<void> {
    const tools = await this.#tools(context.signal);
    await this.#ensurePlace(session, "LeaveUnknown");
    await remove(tools, session, context);
    this.#observed.delete(session.name);
  }

  async orphan(session: SessionRecord): Promise<readonly string[]> {
    if (await this.#isInReach(session)) {
      const message = `The cluster of session "${session.name}" can be reached, so everything of it there can be deleted`;
      throw new Fault("USAGE", message, { hint: `Leave out --orphan: clauderon delete ${session.name}` });
    }
    return leftBehind(session, this.#settings.namespace);
  }

  async connect(session: SessionRecord, signal: AbortSignal): Promise<Duplex> {
    const { access, caches, place } = this.#cluster.open();
    await caches.ready(signal);
    locate(session, await place.recall(), caches.snapshot(session));
    const { pod } = observation(caches.snapshot(session));
    const [namespace = "", name] = pod?.split("/") ?? [];
    if (name !== undefined) return connect(access, { namespace, pod: name }, signal);
    throw new Fault("AGENT_UNAVAILABLE", `Session "${session.name}" has no pod in namespace "${caches.namespace}"`, {
      hint: `Bring it up again with clauderon recreate ${session.name}`,
    });
  }

  async observe(session: SessionRecord): Promise<Observation> {
    this.#observed.add(session.name);
    try {
      const { caches, place } = this.#cluster.open();
      await caches.ready(NEVER);
      if (caches.problem !== undefined) return unknown(caches.problem);
      const here = await place.recall();
      const snapshot = caches.snapshot(session);
      const where = locate(session, here, snapshot);
      if (where === "Unknown") return { ...unknown(mismatchFault(session, where, here)), reason: "ClusterUnknown" };
      if (where === "Found" && here.place !== undefined) this.#placed(session, here.place);
      return observation(snapshot);
    } catch (thrown) {
      if (thrown instanceof Fault) return unknown(thrown);
      throw thrown;
    }
  }

  async watch(changed: (name: string) => void, signal: AbortSignal): Promise<void> {
    const tell = (name: string | undefined) => {
      for (const one of name === undefined ? this.#observed : [name]) changed(one);
    };
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        this.#cluster.open().caches.listen(tell, signal);
        tell(undefined);
        break;
      } catch {
        // Each session reports the reason: see observe.
        await this.#clock.sleep(backoffMs(RETRY, failures, Math.random()), signal);
      }
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  async orphans(known: readonly SessionRecord[], unreadable: ReadonlySet<string>): Promise<readonly Orphan[]> {
    const { caches, user: asked } = await this.#tools(NEVER);
    const { namespace } = caches;
    const user = knownUser(asked, namespace);
    const uids = new Set(known.map(({ uid }) => uid));
    return orphansOf({ namespace, claims: caches.claims(), pods: caches.pods(), known: uids, unreadable, user });
  }

  async prune(orphan: Orphan): Promise<undefined> {
    if (orphan.kept !== undefined) throw new Error(`${orphan.kind} ${orphan.name} is kept`);
    const tools = await this.#tools(NEVER);
    const pod = tools.caches.pods().find(({ metadata }) => metadata.name === orphan.name);
    if (pod !== undefined) await removeStrayPod(tools, pod);
  }

  async adoptable(known: readonly SessionRecord[]): Promise<readonly SessionRecord[]> {
    const { caches, objects, user: asked } = await this.#tools(NEVER);
    const user = knownUser(asked, caches.namespace);
    const names = new Set(known.map(({ name }) => name));
    const { place: here } = await this.#cluster.open().place.look();
    // A claim restored from another cluster's backup is a session of that cluster.
    const isOfHere = (claim: LiveClaim) => [undefined, here?.uid].includes(namespaceUidOf(claim));
    const own = caches.claims().filter((claim) => creatorOf(claim) === user && isOfHere(claim));
    const alive = own.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const found = alive.flatMap((claim) => recordOf(claim) ?? []).filter(({ name }) => !names.has(name));
    const confirmed = await Promise.all(found.map((record) => objects.confirms(record)));
    const trusted = found.filter((_, index) => confirmed[index]);
    return await Promise.all(trusted.map((record) => withGranted(objects, record)));
  }

  /** Whether the session's cluster answers now with everything that a deletion needs. The caches may be out of date. */
  async #isInReach(session: SessionRecord): Promise<boolean> {
    try {
      const { client, caches, place } = this.#cluster.open();
      const here = await place.look();
      const found = await new SessionObjects(client, caches.namespace).look(session);
      return locate(session, here, found) !== "Unknown";
    } catch (thrown) {
      if (thrown instanceof Fault) return false;
      throw thrown;
    }
  }

  /**
   * The uid of the namespace. Throws CLUSTER_MISMATCH unless the session's objects are here or may be made here. A
   * session of an older daemon is `Unknown` if none of its objects are here. Nothing may be made for it, and removing it
   * removes nothing.
   */
  async #ensurePlace(session: SessionRecord, purpose: "MakeThere" | "LeaveUnknown"): Promise<string | undefined> {
    const { caches, place } = this.#cluster.open();
    const here = await place.look();
    const where = locate(session, here, caches.snapshot(session));
    if (where === "Unknown" && purpose === "MakeThere") throw mismatchFault(session, where, here);
    const isNew = where === "Found" || (where === "Unplaced" && purpose === "MakeThere");
    if (isNew && here.place !== undefined) this.#placed(session, here.place);
    return here.place?.uid;
  }

  async #tools(signal: AbortSignal): Promise<SessionTools & { readonly caches: SessionTools["caches"] }> {
    const { client, caches, user } = this.#cluster.open();
    await caches.ready(signal);
    return {
      caches,
      user: await user(),
      objects: new SessionObjects(client, caches.namespace),
      settings: this.#settings,
      git: this.#git,
    };
  }
}

export interface Surroundings extends Pick<KubernetesBackendOptions, "placed"> {
  /** The sessions of this daemon. */
  readonly sessions: () => readonly SessionRecord[];
  readonly log: Log;
  /** Aborted when the daemon ends. */
  readonly signal: AbortSignal;
}

/**
 * The backend with its configuration, and the boundaries of its sessions. Does not connect to the cluster before the
 * first session.
 */
export function kubernetesBackend({ settings, env }: DaemonConfig, surroundings: Surroundings) {
  const { log, signal, placed, sessions } = surroundings;
  const { namespace, kubeconfig: path, context } = settings.kubernetes;
  const kubeconfig = path === undefined ? undefined : expandHome(path, env["HOME"] ?? "~");
  const cluster = new Cluster({ namespace, kubeconfig, context, env, log, clock: systemClock, signal });
  const backend = new KubernetesBackend({
    cluster,
    settings: kubernetesSettings(settings),
    clock: systemClock,
    git: new PodGit(env),
    placed,
  });
  return { backend, boundaries: new PodBoundaries({ cluster, sessions, log }) };
}

const NEVER = new AbortController().signal;

/**
 * The user's name. Without it, a colleague's session would look like the user's own, so nothing is adopted, listed or
 * deleted.
 */
function knownUser(user: string | undefined, namespace: string): string {
  if (user !== undefined) return user;
  const message = `Cannot say which sessions in namespace "${namespace}" are yours: the API server does not say who you are`;
  throw new Fault("CLUSTER_REFUSED", message, { hint: "Run clauderon doctor to see what the cluster is missing" });
}

/** Reasons for phase Error, by the Fault's code. */
const REASONS: Partial<Record<FaultCode, string>> = {
  CONFIG_INVALID: "KubeconfigInvalid",
  CLUSTER_REFUSED: "ClusterRefused",
  CLUSTER_MISMATCH: OTHER_CLUSTER,
};

function unknown({ code, message, hint }: Fault): Observation {
  const reason = REASONS[code] ?? "ClusterUnavailable";
  return { phase: "Error", reason, message, ...(hint !== undefined && { hint }) };
}
