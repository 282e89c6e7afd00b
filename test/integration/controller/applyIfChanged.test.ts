import { applyIfChanged } from "@clauderon/controller";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRON_JOBS,
  type KubeClient,
  PERSISTENT_VOLUME_CLAIMS,
  type Resource,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import type { KubeObject } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";

const { api, client } = await useApiServer();

/** A CronJob with values that the API server defaults, rewrites or drops: quantities, empty values, ports, probes, volumes. */
function cronJob(name: string, { env = [], spec = {} }: { env?: readonly object[]; spec?: object } = {}): KubeObject {
  const container = {
    name: "agent",
    image: "localhost/agent:dev",
    args: [],
    env: [
      { name: "EMPTY", value: "" },
      { name: "TEXT", value: "1000m" },
      { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1000m" } } },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ...env,
    ],
    envFrom: [{ secretRef: { name: "s" } }],
    ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: "UDP" }],
    livenessProbe: { httpGet: { path: "/healthz", port: 8080 }, initialDelaySeconds: 0 },
    resources: { limits: { cpu: 2, memory: "1024Mi" }, requests: { cpu: "0.5", memory: "1.5Gi" } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp", readOnly: false, subPath: "" },
      { name: "config", mountPath: "/etc/agent", readOnly: true },
    ],
    tty: false,
  };
  const template = {
    metadata: { labels: { app: "test" }, annotations: {} },
    spec: {
      containers: [{ ...container, resources: { ...container.resources, requests: { cpu: "0.5", memory: "1Gi" } } }],
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostNetwork: false,
      nodeSelector: {},
      tolerations: [],
      imagePullSecrets: [{ name: "pull" }],
      hostAliases: [{ ip: "127.0.0.1", hostnames: ["proxy"] }],
      securityContext: { runAsNonRoot: true, fsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "1024Mi" } },
        { name: "home", emptyDir: {} },
        { name: "config", configMap: { name: "c", items: [{ key: "agent.json", path: "agent.json" }] } },
        { name: "data", persistentVolumeClaim: { claimName: "d" } },
      ],
    },
  };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: "default", labels: { app: "test" } },
    spec: {
      schedule: "*/5 * * * *",
      concurrencyPolicy: "Forbid",
      suspend: false,
      jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 3600, template } },
      ...spec,
    },
  } as KubeObject;
}

const metadata = { name: "same", namespace: "default", labels: { app: "test" } };
const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "same", labels: { app: "test" } } };
const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "same" };
const subjects = [{ kind: "ServiceAccount", name: "same", namespace: "default" }];
const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } };

const EXAMPLES: readonly (readonly [Resource, object])[] = [
  [CRON_JOBS, cronJob("same")],
  [CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "agent.json": "{}", empty: "" } }],
  [PERSISTENT_VOLUME_CLAIMS, { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: claim }],
  [SERVICE_ACCOUNTS, { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false }],
  [CLUSTER_ROLES, { ...rbac, kind: "ClusterRole", rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
  [CLUSTER_ROLE_BINDINGS, { ...rbac, kind: "ClusterRoleBinding", roleRef, subjects }],
];

/** The same client, which counts its writes. */
function counted(): { client: Pick<KubeClient, "apply">; writes: () => number } {
  let writes = 0;
  const apply: KubeClient["apply"] = (resource, object, options) => {
    writes += 1;
    return client.apply(resource, object, options);
  };
  return { client: { apply }, writes: () => writes };
}

const apply = (desired: KubeObject, live?: KubeObject) =>
  applyIfChanged<KubeObject>(client, CRON_JOBS, { desired, live, fieldManager: "thurkube" });

describe("applyIfChanged", () => {
  it.each(EXAMPLES)("creates $kind, and writes nothing the second time", async (resource, object) => {
    const [desired, spy] = [object as KubeObject, counted()];
    const first = await applyIfChanged(spy.client, resource, { desired, live: undefined, fieldManager: "thurkube" });
    const live = await client.get(resource, first.object.metadata);
    const second = await applyIfChanged(spy.client, resource, { desired, live, fieldManager: "thurkube" });
    expect([first.changed, second.changed, spy.writes(), second.object]).toEqual([true, false, 1, live]);
  });

  it.each([
    ["a value", ["set", "image", "cronjob/drift", "agent=other"]],
    ["a limit", ["set", "resources", "cronjob/drift", "--limits=cpu=3"]],
    ["a label", ["label", "--overwrite", "cronjob/drift", "app=other"]],
    ["a missing label", ["label", "cronjob/drift", "app-"]],
    ["a suspension", ["patch", "cronjob/drift", "-p", '{"spec":{"suspend":true}}']],
    ["an environment variable", ["set", "env", "cronjob/drift", "TEXT=1"]],
    ["a missing environment variable", ["set", "env", "cronjob/drift", "TEXT-"]],
  ])("repairs a changed %s", async (_what, kubectl) => {
    const { object } = await apply(cronJob("drift"), await client.get(CRON_JOBS, metadata));
    await api.kubectl(kubectl);
    const live = await client.get(CRON_JOBS, object.metadata);
    const repaired = await apply(cronJob("drift"), live);
    expect(repaired.changed).toBe(true);
    expect((await apply(cronJob("drift"), repaired.object)).changed).toBe(false);
  });

  it("removes what is no longer desired, and keeps what others added", async () => {
    const more = { env: [{ name: "MORE", value: "1" }], spec: { timeZone: "Europe/Paris" } };
    const { object } = await apply(cronJob("shrinks", more));
    await api.kubectl(["annotate", "cronjob/shrinks", "theirs=kept"]);
    const { changed } = await apply(cronJob("shrinks"), object);
    const yaml = await api.kubectl(["get", "cronjob/shrinks", "-o", "yaml"]);
    expect(changed).toBe(true);
    expect(yaml).toContain("theirs: kept");
    expect(yaml).not.toMatch(/MORE|Paris/);
  });
});
