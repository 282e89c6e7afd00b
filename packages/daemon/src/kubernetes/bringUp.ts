import { CONFIG_MAPS, PODS, SECRETS } from "@clauderon/kube";
import type { ProxiedPod } from "@clauderon/pods";
import type { AgentGit } from "@clauderon/protocol";
import type { BackendContext, SessionRecord } from "../backend.ts";
import { claimOf, configMapOf, type LiveClaim, podOf, secretOf } from "./model/objects.ts";
import { hasEnded, observation, own } from "./model/observation.ts";
import { eachOnce } from "./eachOnce.ts";
import { openBoundary } from "./podBoundary.ts";
import type { SessionTools } from "./sessionTools.ts";

/**
 * Creates the missing objects of a session, the claim first, and waits until its container runs, however long that
 * takes. Reports what it waits for. Replaces a pod that has ended, and waits for one that is being deleted, so that two
 * pods never use the volume at once.
 */
export async function bringUp(tools: SessionTools, session: SessionRecord, context: BackendContext): Promise<void> {
  const { objects, settings } = tools;
  const { credentials, signal } = context;
  const progress = eachOnce(context.progress);
  const names = [...credentials.keys()];
  const claim = await ensureClaim(tools, session, { progress, signal });
  signal.throwIfAborted();
  const boundary = await openBoundary(tools, session, { claim, latest: context.latest });
  const git = withSettings(await tools.git.settings(session.spec.repository), boundary?.gitSettings ?? []);
  const { include } = settings;
  const variables = boundary?.proxied.environment.map(({ name }) => name) ?? [];
  const runner = { credentials: names, include, git, boundary: variables };
  const own = boundary === undefined ? credentials : NONE;
  await Promise.all([
    objects.apply(CONFIG_MAPS, session, configMapOf(session, claim, runner)),
    objects.apply(SECRETS, session, secretOf(session, claim, encoded(own))),
  ]);
  signal.throwIfAborted();
  await ensurePod(tools, session, { claim, names: [...own.keys()], proxied: boundary?.proxied, progress, signal });
}

interface Wait {
  readonly progress: (step: string) => void;
  readonly signal: AbortSignal;
}

async function ensureClaim(
  tools: SessionTools,
  session: SessionRecord,
  { progress, signal }: Wait,
): Promise<LiveClaim> {
  const { caches, objects, settings, user, namespaceUid } = tools;
  using watcher = caches.watcher(session.name);
  for (;;) {
    watcher.reset();
    if (caches.problem !== undefined) throw caches.problem;
    const { claim } = caches.snapshot(session);
    if (claim === undefined) {
      progress("Creating the volume");
      const created = await objects.createClaim(session, claimOf(session, settings, { creator: user, namespaceUid }));
      if (created.metadata.deletionTimestamp === undefined) return created;
    } else if (claim.metadata.deletionTimestamp === undefined) {
      if (own(claim, session.uid) === undefined) throw objects.foreign(claim);
      return claim;
    }
    progress(`Waiting until the volume of an earlier session "${session.name}" is gone`);
    await watcher.changed(signal);
  }
}

/** In a pod with a boundary, no credential is in its own Secret. */
const NONE: BackendContext["credentials"] = new Map();

function withSettings(git: AgentGit | undefined, settings: AgentGit["config"]): AgentGit | undefined {
  if (settings.length === 0) return git;
  return { overrides: [], pointerFilters: [], ...git, config: [...(git?.config ?? []), ...settings] };
}

interface PodWait extends Wait {
  readonly claim: LiveClaim;
  /** The names of the credentials' variables. */
  readonly names: readonly string[];
  readonly proxied: ProxiedPod | undefined;
}

/**
 * Returns when the pod runs. Also returns when its volume is being deleted: the pod would go with it, and the caller
 * looks at the session again.
 */
async function ensurePod(tools: SessionTools, session: SessionRecord, wait: PodWait): Promise<void> {
  const { caches, objects, settings } = tools;
  using watcher = caches.watcher(session.name);
  for (;;) {
    watcher.reset();
    if (caches.problem !== undefined) throw caches.problem;
    const snapshot = caches.snapshot(session);
    const { pod } = snapshot;
    // The cache may not have the claim yet.
    const claim = snapshot.claim ?? (await objects.look(session)).claim;
    if (!isKept(wait.claim, claim)) return;
    if (pod === undefined) {
      wait.progress("Creating the pod");
      const environment = await tools.git.identity(session.spec.repository);
      const { claim: owner, names: credentials, proxied } = wait;
      await objects.createPod(podOf(session, owner, settings, { credentials, environment, proxied }));
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      wait.progress(sentence(observation(snapshot)) ?? "Waiting until the previous pod is gone");
    } else if (own(pod, session.uid) === undefined) {
      throw objects.foreign(pod);
    } else if (hasEnded(pod)) {
      wait.progress("Removing the finished pod");
      await objects.delete(PODS, pod);
    } else {
      const { phase, ...cause } = observation(snapshot);
      if (phase === "Running") return;
      wait.progress(sentence(cause) ?? "Waiting for the pod");
    }
    await watcher.changed(wait.signal);
  }
}

/** Whether the claim exists and is not being deleted. */
function isKept({ metadata: { uid } }: LiveClaim, now: LiveClaim | undefined): boolean {
  return now?.metadata.uid === uid && now?.metadata.deletionTimestamp === undefined;
}

function sentence({ message, hint }: { readonly message?: string; readonly hint?: string }): string | undefined {
  return message === undefined || hint === undefined ? message : `${message} (${hint})`;
}

function encoded(credentials: BackendContext["credentials"]): Record<string, string> {
  return Object.fromEntries(
    Array.from(credentials, ([name, value]) => [name, Buffer.from(value.reveal()).toString("base64")]),
  );
}
