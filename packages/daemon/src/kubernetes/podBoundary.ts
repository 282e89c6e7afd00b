import { randomBytes } from "node:crypto";
import { proxiedPod, type ProxiedPod } from "@clauderon/pods";
import type { AgentGit } from "@clauderon/protocol";
import { gitCredential, gitHostOf, httpsInsteadOfSsh, placeholderOf, serviceFor } from "@clauderon/protocol/proxy";
import type { BackendContext, SessionRecord } from "../backend.ts";
import { sessionGrant } from "../egress/model/sessionGrant.ts";
import type { SessionTools } from "./sessionTools.ts";
import { grantIn, grantSecretOf, hashOf, passwordIn } from "./grantSecret.ts";
import type { LiveClaim } from "./model/objects.ts";
import { hasEnded, own } from "./model/observation.ts";
import type { SessionObjects } from "./sessionObjects.ts";

/** What the pod of a session with a boundary gets. */
export interface PodBoundary {
  readonly proxied: ProxiedPod;
  readonly gitSettings: AgentGit["config"];
}

export interface BoundaryInputs {
  readonly claim: LiveClaim;
  readonly latest: BackendContext["latest"];
}

/**
 * Writes the grant of a session with a boundary for the proxy of its namespace; undefined for another session. Each pod
 * has a new password, and keeps it.
 */
export async function openBoundary(
  { objects, caches, git }: SessionTools,
  session: SessionRecord,
  { claim, latest }: BoundaryInputs,
): Promise<PodBoundary | undefined> {
  if (session.spec.egress === undefined) return undefined;
  const address = await objects.proxyAddress();
  const pod = own(caches.snapshot(session).pod, session.uid);
  const isAlive = pod !== undefined && !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined;
  const remote = await git.remote(session.spec.repository);
  const gitHost = remote === undefined ? undefined : gitHostOf(remote);
  let names: readonly string[] = [];
  await objects.changeGrant(session, (live) => {
    const password = (isAlive ? passwordIn(live) : undefined) ?? randomBytes(32).toString("base64url");
    const { session: current, credentials } = latest();
    names = [...credentials.keys()];
    const grant = sessionGrant(current, { tokenHash: hashOf(password), gitHost, credentials: names });
    return grantSecretOf(session, claim, { grant, password, credentials, isInEffect: true });
  });
  return {
    proxied: withPlaceholders(proxiedPod({ principal: session.uid, address }), session, names),
    gitSettings: [...(gitHost === undefined ? [] : httpsInsteadOfSsh(gitHost)), ...gitCredential(names)],
  };
}

/** Anyone may read placeholders, so the pod has them as plain variables. */
function withPlaceholders(proxied: ProxiedPod, { uid }: SessionRecord, names: readonly string[]): ProxiedPod {
  const placeholders = names.map((name) => ({
    name,
    value: placeholderOf({ name, service: serviceFor(name) }, uid),
  }));
  return { ...proxied, environment: [...proxied.environment, ...placeholders] };
}

/** Takes away what a session may reach while it has no pod. Its Secret keeps what its user allowed, for an adopter. */
export async function closeBoundary({ objects }: SessionTools, session: SessionRecord): Promise<void> {
  const { claim } = await objects.look(session);
  if (claim === undefined) return;
  const password = randomBytes(32).toString("base64url");
  await objects.changeGrant(session, (live) => {
    const grant = grantIn(live);
    if (grant === undefined) return undefined;
    const closed = { ...grant, tokenHash: hashOf(password), credentials: [] };
    return grantSecretOf(session, claim, { grant: closed, password, credentials: NONE, isInEffect: false });
  });
}

const NONE: BackendContext["credentials"] = new Map();

/**
 * The record of a session's claim with what its user changed since, from its grant. Without one, it may do the least of
 * all: a claim says nothing of it.
 */
export async function withGranted(objects: SessionObjects, session: SessionRecord): Promise<SessionRecord> {
  const { egress } = session.spec;
  if (egress === undefined) return session;
  const { allow = [], accessMode = "ReadOnly" } = grantIn(await objects.grant(session)) ?? {};
  const hosts = allow.flatMap(({ host, origin }) => (origin === "user" ? [host] : []));
  return { ...session, spec: { ...session.spec, accessMode, egress: { ...egress, allow: hosts } } };
}
