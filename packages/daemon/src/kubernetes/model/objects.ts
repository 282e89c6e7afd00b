import {
  type ProxiedPod,
  SESSION_ANNOTATION,
  SESSION_CA_FILE,
  SESSION_CREATOR_ANNOTATION,
  SESSION_NAMESPACE_ANNOTATION,
  SESSION_PATHS,
  SESSION_RECORD_ANNOTATION,
  sessionLabels,
  sessionObjectName,
  sessionPod,
} from "@clauderon/pods";
import { canonicalJson, type OwnerReference, sha256Hex, type WireObject } from "@clauderon/base";
import { type AgentGit, RUNNER_SESSION_FILE, type RunnerSession, type SessionSpec } from "@clauderon/protocol";
import type { ConfigMap, PersistentVolumeClaim, Pod, Secret } from "kubernetes-types/core/v1.js";
import type { Event } from "kubernetes-types/events/v1.js";
import type { SessionRecord } from "../../model/sessionRecord.ts";
import type { KubernetesSettings } from "./settings.ts";

export type LiveClaim = WireObject<PersistentVolumeClaim>;
export type LiveConfigMap = WireObject<ConfigMap>;
export type LiveSecret = WireObject<Secret>;
export type LivePod = WireObject<Pod>;
export type LiveEvent = WireObject<Event>;

/** The claim of a session's only volume. It carries the session's record and owns the session's other objects. */
export function claimOf(
  session: SessionRecord,
  settings: Pick<KubernetesSettings, "namespace" | "storageClass" | "storageSize">,
  { creator, namespaceUid }: { readonly creator?: string | undefined; readonly namespaceUid?: string | undefined } = {},
): LiveClaim {
  const { storageClass, storageSize } = settings;
  const { name } = session;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: sessionObjectName(name),
      namespace: settings.namespace,
      labels: sessionLabels(session),
      annotations: {
        [SESSION_ANNOTATION]: JSON.stringify(recordIn(session)),
        ...(creator !== undefined && { [SESSION_CREATOR_ANNOTATION]: creator }),
        ...(namespaceUid !== undefined && { [SESSION_NAMESPACE_ANNOTATION]: namespaceUid }),
      },
    },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: storageSize } },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  };
}

const recordIn = ({ name, uid, createdTime, spec, commit }: SessionRecord): SessionRecord => ({
  name,
  uid,
  createdTime,
  spec: withoutChangeable(spec),
  commit,
});

/** A claim cannot be changed by everyone who may create it. What changes in a running session is in its grant. */
const withoutChangeable = (spec: SessionSpec): SessionSpec =>
  spec.egress === undefined ? spec : { ...spec, accessMode: "ReadOnly", egress: { ...spec.egress, allow: [] } };

/** A digest that does not depend on the order of the record's fields. */
export const recordDigest = (session: SessionRecord): string => sha256Hex(canonicalJson(recordIn(session)));

/** The user who made the claim, according to its annotation; undefined if the daemon did not know. */
export const creatorOf = ({ metadata }: LiveClaim): string | undefined =>
  metadata.annotations?.[SESSION_CREATOR_ANNOTATION];

/** The uid of the namespace that the claim was made in; undefined on claims of older daemons. */
export const namespaceUidOf = ({ metadata }: LiveClaim): string | undefined =>
  metadata.annotations?.[SESSION_NAMESPACE_ANNOTATION];

/** The length of a commit's name in a sha256 repository. */
const SHA256_DIGITS = 64;

export interface RunnerOptions extends Pick<KubernetesSettings, "include"> {
  /** Names of variables. */
  readonly credentials: readonly string[];
  readonly git: AgentGit | undefined;
  /** Names of the variables of the session's boundary. */
  readonly boundary: readonly string[];
}

/** What the runner reads. Contains neither the prompt nor credentials. */
export function configMapOf(
  session: SessionRecord,
  claim: LiveClaim,
  { credentials, include, git, boundary }: RunnerOptions,
): LiveConfigMap {
  const { agent, command, model, permissionMode, environment = {} } = session.spec;
  const runner: Partial<RunnerSession> = {
    session: session.name,
    agent,
    ...(command !== undefined && { command }),
    workingDirectory: SESSION_PATHS.project,
    home: SESSION_PATHS.home,
    socket: SESSION_PATHS.socket,
    ...(model !== undefined && { model }),
    permissionMode,
    objectFormat: session.commit.length === SHA256_DIGITS ? "sha256" : "sha1",
    // The work must arrive before the agent starts.
    autostart: false,
    credentialVariables: [...credentials],
    variables: [...new Set(["GIT_SSL_CAINFO", ...Object.keys(environment), ...boundary])],
    include: [...include],
    ...(git !== undefined && { git }),
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: childMeta(session, claim),
    data: { [RUNNER_SESSION_FILE]: JSON.stringify(runner), [SESSION_CA_FILE]: "" },
  };
}

/** The agent's credentials in base64, each under the name of its variable. */
export function secretOf(session: SessionRecord, claim: LiveClaim, data: Readonly<Record<string, string>>): LiveSecret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...childMeta(session, claim), annotations: { [SESSION_RECORD_ANNOTATION]: recordDigest(session) } },
    type: "Opaque",
    data,
  };
}

/** The variables of the container. */
export interface PodVariables {
  /** The names of those in the Secret. */
  readonly credentials: readonly string[];
  /** Variables that are not secret, besides the session's own: the author of commits. */
  readonly environment: Readonly<Record<string, string>>;
  readonly proxied: ProxiedPod | undefined;
}

export function podOf(
  session: SessionRecord,
  claim: LiveClaim,
  settings: KubernetesSettings,
  variables: PodVariables,
): LivePod {
  const { image = settings.image, pullPolicy = settings.pullPolicy } = session.spec;
  const { credentials, environment, proxied } = variables;
  const { cpuLimit: cpu = settings.cpuLimit, memoryLimit: memory = settings.memoryLimit } = session.spec;
  return sessionPod({
    name: session.name,
    uid: session.uid,
    namespace: settings.namespace,
    owner: ownerOf(claim),
    image,
    pullPolicy,
    imagePullSecrets: settings.imagePullSecrets,
    limits: { cpu, memory },
    credentials,
    environment: { ...environment, ...session.spec.environment },
    proxied,
  });
}

function childMeta(session: SessionRecord, claim: LiveClaim) {
  const { name, namespace = "" } = claim.metadata;
  return { name, namespace, labels: sessionLabels(session), ownerReferences: [ownerOf(claim)] };
}

/**
 * The claim as the owner, so that deleting it also deletes the ConfigMap and the Secret. It does not set
 * blockOwnerDeletion, which needs a right on finalizers that the user may not have.
 */
export function ownerOf({ apiVersion, kind, metadata: { name, uid = "" } }: LiveClaim): OwnerReference {
  return { apiVersion, kind, name, uid };
}
