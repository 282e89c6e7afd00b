import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { Secret, silentLog } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import { afterAll, onTestFinished } from "vitest";
import type { BackendContext, SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { Cluster } from "../../../packages/daemon/src/kubernetes/cluster.ts";
import { PodBoundaries } from "../../../packages/daemon/src/kubernetes/podBoundaries.ts";
import { PodGit } from "../../../packages/daemon/src/kubernetes/podGit.ts";
import {
  KubernetesBackend,
  type KubernetesBackendOptions,
} from "../../../packages/daemon/src/kubernetes/kubernetesBackend.ts";
import type { KubernetesSettings } from "../../../packages/daemon/src/kubernetes/model/settings.ts";
import type { ApiServer } from "../apiserver/apiServer.ts";

/** Patience for `expect.poll`. */
export const POLL = { timeout: 20_000, interval: 20 };

const SETTINGS: KubernetesSettings = {
  namespace: "clauderon",
  storageSize: "1Gi",
  imagePullSecrets: [],
  image: "localhost/clauderon-agent:dev",
  pullPolicy: "IfNotPresent",
  cpuLimit: "2",
  memoryLimit: "4Gi",
  include: [],
};

export interface BackendOptions extends Partial<KubernetesSettings> {
  readonly kubeconfig: string;
  readonly context?: string;
  /** Is given where each session is; nobody keeps it when left out. */
  readonly placed?: KubernetesBackendOptions["placed"];
  /** The sessions that the daemon knows. */
  readonly sessions?: readonly SessionRecord[];
}

/** A daemon's backend on a cluster; it has no state but its caches, so a second one is another machine's. */
export function backendOn(options: BackendOptions): KubernetesBackend {
  return daemonOn(options).backend;
}

/** The same, with the boundaries of its sessions. */
export function daemonOn({ kubeconfig, context, placed = () => undefined, sessions, ...settings }: BackendOptions) {
  const stop = new AbortController();
  afterAll(() => stop.abort());
  const all = { ...SETTINGS, ...settings };
  const surroundings = { log: silentLog, clock: systemClock };
  const place = { namespace: all.namespace, kubeconfig, context };
  const cluster = new Cluster({ ...place, env: {}, ...surroundings, signal: stop.signal });
  const backend = new KubernetesBackend({
    cluster,
    settings: all,
    clock: systemClock,
    git: new PodGit({}),
    placed,
  });
  return { backend, boundaries: new PodBoundaries({ cluster, sessions: () => sessions ?? [], log: silentLog }) };
}

export function sessionNamed(name: string, spec: Partial<SessionRecord["spec"]> = {}): SessionRecord {
  return {
    name,
    uid: randomUUID(),
    createdTime: "2026-11-25T12:00:00.000Z",
    spec: {
      backend: "kubernetes",
      agent: "claude-code",
      repository: "/home/me/project",
      branch: `clauderon/${name}`,
      baseCommit: "0123456789012345678901234567890123456789",
      worktree: true,
      sandbox: false,
      permissionMode: "default",
      accessMode: "ReadWrite",
      ...spec,
    },
    commit: "0123456789012345678901234567890123456789",
    place: null,
  };
}

/** The part of a session that is written on its claim. */
export function recorded({ name, uid, createdTime, spec, commit }: SessionRecord): SessionRecord {
  return { name, uid, createdTime, spec, commit };
}

/** A context that records the steps it gets; its operation is aborted at the end of the test. */
export function contextOf(given: Readonly<Record<string, string>> = {}, session = sessionNamed("unnamed")) {
  const credentials = new Map(Object.entries(given).map(([name, value]) => [name, new Secret(value)]));
  const steps: string[] = [];
  const aborter = new AbortController();
  onTestFinished(() => aborter.abort(new Error("The test is over")));
  const context: BackendContext = {
    progress: (step) => void steps.push(step),
    signal: aborter.signal,
    started: false,
    credentials,
    latest: () => ({ session, credentials }),
  };
  return { context, steps, abort: (reason: Error) => aborter.abort(reason) };
}

/** The file of a kubeconfig by which a service account reaches the API server. It is gone after the test. */
export async function kubeconfigOf(api: ApiServer, namespace: string, serviceAccount: string): Promise<string> {
  return temporaryFile("kubeconfig", await kubeconfigText(api, namespace, serviceAccount));
}

/** The text of that file. */
export async function kubeconfigText(api: ApiServer, namespace: string, serviceAccount: string): Promise<string> {
  const token = await api.serviceAccountToken(namespace, serviceAccount);
  const authority = Buffer.from(api.certificateAuthority).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "it",
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    clusters: [{ name: "it", cluster: { server: api.url, "certificate-authority-data": authority } }],
    users: [{ name: "it", user: { token } }],
  };
  return JSON.stringify(config);
}

/** A file that is gone after the test. */
export function temporaryFile(name: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "kubernetes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
