import type { OwnerReference, WireObject } from "@clauderon/base";
import { RUNNER_SESSION_FILE } from "@clauderon/protocol";
import type { EnvVar, Pod } from "kubernetes-types/core/v1.js";
import { TEMPORARY } from "./jobPaths.ts";
import { claimMount, configMount, lockedDownPod, scratchMount } from "./lockedDown.ts";
import { sessionLabels, sessionObjectName } from "./sessionNames.ts";
import { SESSION_CA_FILE, SESSION_PATHS } from "./sessionPaths.ts";
import type { ProxiedPod } from "./proxiedPod.ts";
import { type SessionLimits, sessionResources } from "./sessionResources.ts";

/** Time for the runner to stop the agent and save its state before the kubelet kills both. */
const GRACE_SECONDS = 30;

export interface SessionPodOptions {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  /** The session's volume claim. */
  readonly owner: OwnerReference;
  readonly image: string;
  readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets: readonly string[];
  readonly limits: SessionLimits;
  /** Names of environment variables, which are also the keys of the session's Secret. */
  readonly credentials: readonly string[];
  /** Additional environment variables, for example for the proxy. Must not be secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** For a session with a boundary. Its variables override all others. */
  readonly proxied: ProxiedPod | undefined;
}

/**
 * The pod of a session, which runs the runner. {@link lockedDownPod} sets its privileges.
 *
 * It has the token of the namespace's default service account, which has no permissions until somebody binds a role to it.
 * After a crash the kubelet restarts the container, and the agent continues the conversation; after a stop it does not. The
 * pod does not contain the prompt, which arrives through the runner's socket.
 */
export function sessionPod(options: SessionPodOptions): WireObject<Pod> {
  const { name, namespace, owner, image, pullPolicy, imagePullSecrets, limits, proxied } = options;
  const object = sessionObjectName(name);
  const pod = {
    restartPolicy: "OnFailure",
    terminationGracePeriodSeconds: GRACE_SECONDS,
    automountServiceAccountToken: proxied === undefined,
    ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })) }),
    ...proxied?.pod,
  };
  const container = {
    image,
    ...(pullPolicy !== undefined && { imagePullPolicy: pullPolicy }),
    args: ["session", SESSION_PATHS.folder, `${SESSION_PATHS.config}/${RUNNER_SESSION_FILE}`],
    env: environment(options, object),
    resources: sessionResources(limits),
  };
  const mounts = [
    claimMount("workspace", owner.name, SESSION_PATHS.volume),
    configMount(object, SESSION_PATHS.config, [RUNNER_SESSION_FILE, SESSION_CA_FILE]),
    scratchMount("tmp", TEMPORARY),
    scratchMount("run", "/run/clauderon"),
    ...(proxied === undefined ? [] : [proxied.mount]),
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: object,
      namespace,
      labels: { ...sessionLabels(options), ...proxied?.labels },
      ownerReferences: [owner],
    },
    spec: lockedDownPod(pod, container, mounts),
  };
}

function environment({ environment, credentials, proxied }: SessionPodOptions, secret: string): EnvVar[] {
  const boundary = proxied?.environment ?? [];
  const fixed = new Set(boundary.map(({ name }) => name));
  const own = [
    { name: "HOME", value: SESSION_PATHS.home },
    ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...credentials.map((name) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } })),
  ];
  return [...own.filter(({ name }) => !fixed.has(name)), ...boundary];
}
