import { describe, expect, it } from "vitest";
import { resolvedJob } from "../../kinds/src/run/resolvedAgentJob.fixture.ts";
import { jobPodTemplate } from "./jobPodTemplate.ts";
import { proxiedPod } from "./proxiedPod.ts";
import { type SessionPodOptions, sessionPod } from "./sessionPod.ts";

const options: SessionPodOptions = {
  name: "web",
  uid: "7b0c8b0e-0000-4000-8000-000000000001",
  namespace: "clauderon",
  owner: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "clauderon-web", uid: "1" },
  image: "localhost/clauderon-agent:dev",
  imagePullSecrets: [],
  limits: { cpu: "2", memory: "4Gi" },
  credentials: ["ANTHROPIC_API_KEY"],
  environment: {},
  proxied: undefined,
};

function build(changes: Partial<SessionPodOptions> = {}) {
  const pod = sessionPod({ ...options, ...changes });
  const [container] = pod.spec?.containers ?? [];
  if (pod.spec === undefined || container === undefined) throw new Error("no container");
  return { pod, spec: pod.spec, container };
}

describe("sessionPod", () => {
  it("is locked down exactly as the pod of a job", () => {
    const job = jobPodTemplate(resolvedJob({}), "0123456789").spec;
    const { spec, container } = build();
    expect(spec.containers).toHaveLength(1);
    expect(spec.securityContext).toEqual(job?.securityContext);
    expect(spec.enableServiceLinks).toBe(false);
    for (const field of ["name", "securityContext", "terminationMessagePolicy"] as const) {
      expect(container[field]).toEqual(job?.containers[0]?.[field]);
    }
  });

  it("has the documented labels, and is deleted with the claim", () => {
    expect(build().pod.metadata).toEqual({
      name: "clauderon-web",
      namespace: "clauderon",
      labels: {
        app: "clauderon",
        session: "web",
        "app.kubernetes.io/managed-by": "clauderon",
        "clauderon.dev/session-uid": options.uid,
      },
      ownerReferences: [options.owner],
    });
  });

  it("mounts the volume, the configuration, and scratch folders; HOME is outside the checkout", () => {
    const { container, spec } = build();
    expect(Object.fromEntries(container.volumeMounts?.map(({ mountPath, name }) => [mountPath, name]) ?? [])).toEqual({
      "/workspace": "workspace",
      "/etc/clauderon": "config",
      "/tmp": "tmp",
      "/run/clauderon": "run",
    });
    expect(container.volumeMounts?.filter(({ readOnly }) => readOnly).map(({ name }) => name)).toEqual(["config"]);
    expect(spec.volumes).toContainEqual({
      name: "workspace",
      persistentVolumeClaim: { claimName: "clauderon-web" },
    });
    expect(container.env).toContainEqual({ name: "HOME", value: "/workspace/home" });
  });

  it("has its credentials from the session's Secret, and arguments of paths alone", () => {
    const { container } = build({ environment: { HTTPS_PROXY: "http://clauderon-proxy:3030" } });
    expect(container.env).toEqual([
      { name: "HOME", value: "/workspace/home" },
      { name: "HTTPS_PROXY", value: "http://clauderon-proxy:3030" },
      {
        name: "ANTHROPIC_API_KEY",
        valueFrom: { secretKeyRef: { name: "clauderon-web", key: "ANTHROPIC_API_KEY" } },
      },
    ]);
    expect(container.args).toEqual(["session", "/workspace/session", "/etc/clauderon/session.json"]);
    expect(container).not.toHaveProperty("command");
  });

  it("with a boundary has the proxy's variables whatever else sets them, its label, and no token of the cluster", () => {
    const proxied = proxiedPod({ principal: options.uid, address: "10.96.0.7" });
    const environment = { HTTPS_PROXY: "http://elsewhere:1", no_proxy: "*", OWN: "1" };
    const { pod, spec, container } = build({ proxied, environment, credentials: [] });
    expect(container.env?.filter(({ name }) => name === "HTTPS_PROXY" || name === "no_proxy")).toEqual([
      { name: "HTTPS_PROXY", value: expect.stringContaining("@clauderon-proxy:3030") },
      { name: "no_proxy", value: expect.not.stringContaining("*") },
    ]);
    expect(container.env).toContainEqual({ name: "OWN", value: "1" });
    expect(pod.metadata.labels).toMatchObject({ app: "clauderon", "clauderon.dev/egress": "proxy" });
    expect(spec).toMatchObject({ automountServiceAccountToken: false, dnsPolicy: "None" });
    expect(container.volumeMounts).toContainEqual(expect.objectContaining({ mountPath: "/etc/clauderon-proxy" }));
  });

  it("uses the default service account with its token, which the documented role binding names", () => {
    expect(build().spec).toMatchObject({ automountServiceAccountToken: true });
    expect(build().spec).not.toHaveProperty("serviceAccountName");
  });

  it("restarts after a crash, stays stopped after a stop, and has time to save its work", () => {
    expect(build().spec).toMatchObject({ restartPolicy: "OnFailure", terminationGracePeriodSeconds: 30 });
  });

  it("uses image, pull policy and pull secrets unchanged", () => {
    const { spec, container } = build({ pullPolicy: "Never", imagePullSecrets: ["my-registry-secret"] });
    expect(container).toMatchObject({ image: "localhost/clauderon-agent:dev", imagePullPolicy: "Never" });
    expect(spec.imagePullSecrets).toEqual([{ name: "my-registry-secret" }]);
    expect(build().container).not.toHaveProperty("imagePullPolicy");
    expect(build().spec).not.toHaveProperty("imagePullSecrets");
  });

  it("has requests and limits", () => {
    expect(build({ limits: { cpu: "4", memory: "8Gi" } }).container.resources).toEqual({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "4", memory: "8Gi" },
    });
    expect(build({ limits: { cpu: "50m", memory: "128Mi" } }).container.resources?.requests).toEqual({
      cpu: "50m",
      memory: "128Mi",
    });
  });

  it("stays within 63 characters, even for the longest name", () => {
    const { pod } = build({ name: "a".repeat(40) });
    expect(pod.metadata.name.length).toBeLessThanOrEqual(63);
  });
});
