import { GROUP } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ApiServer, startApiServer } from "../kit/apiserver/index.ts";
import { run } from "../kit/cluster/run.ts";
import { type Tool, toolPath } from "../kit/cluster/tools.ts";
import { CHART, HELMS, manifests, type PolicyRule, renderChart } from "../docs/chart.ts";

const NAMESPACE = "thurkube-system";
const OPERATOR = `system:serviceaccount:${NAMESPACE}:thurkube`;
const AS_OPERATOR = `--as=${OPERATOR}`;
const RBAC = "rbac.authorization.k8s.io";

describe("the chart on a real API server", () => {
  let api: ApiServer;
  const helm = async (tool: Tool, ...args: readonly string[]) =>
    await run(await toolPath(tool), [...args, `--kubeconfig=${api.kubeconfig}`, `--namespace=${NAMESPACE}`]);
  const create = (object: unknown, ...args: readonly string[]) =>
    api.kubectl(["create", "--filename=-", "--output=name", ...args], JSON.stringify(object));
  const may = async (right: Right) => {
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" };
    const [resource, subresource] = right.resource.split("/");
    const spec = { user: OPERATOR, resourceAttributes: { ...right, resource, subresource } };
    const asked = ["create", "--filename=-", "--output=jsonpath={.status.allowed}"];
    return (await api.kubectl(asked, JSON.stringify({ ...review, spec }))) === "true";
  };

  /** As the Job controller: the Job has succeeded. */
  const completeJob = async (name: string) => {
    const job = ["job", name, `--namespace=${NAMESPACE}`];
    await vi.waitFor(() => api.kubectl(["get", ...job]), { timeout: 30_000, interval: 100 });
    const [now, at] = [new Date().toISOString(), { lastTransitionTime: new Date().toISOString(), status: "True" }];
    const ends = ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, reason: "CompletionsReached", ...at }));
    const counts = { active: 0, ready: 0, succeeded: 1, uncountedTerminatedPods: {} };
    const status = { startTime: now, completionTime: now, ...counts, conditions: ends };
    await api.kubectl(["patch", ...job, "--subresource=status", `--patch=${JSON.stringify({ status })}`]);
  };

  beforeAll(async () => {
    api = await startApiServer();
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    await api.kubectl(["create", "serviceaccount", "default", `--namespace=${NAMESPACE}`]);
  });
  afterAll(async () => await api[Symbol.asyncDispose]());

  it.each(HELMS)("is accepted by the server object by object, as %s renders it", async (tool) => {
    const rendered = await renderChart(tool);
    const taken = await api.kubectl(["apply", "--dry-run=server", "--output=name", "--filename=-"], rendered);
    expect(taken.trim().split("\n")).toHaveLength(manifests(rendered).length);
  });

  it("of the proxy is accepted too, and its pod complies with Pod Security level restricted", async () => {
    const rendered = await renderChart("helm", ["--set=ingress.enabled=true,ingress.host=a.example"], "clauderon");
    const taken = await api.kubectl(["apply", "--dry-run=server", "--output=name", "--filename=-"], rendered);
    expect(taken.trim().split("\n")).toHaveLength(manifests(rendered).length);
    await expect(create(podOf(rendered), "--dry-run=server")).resolves.toBe("pod/operator\n");
  });

  it.each(HELMS)("is installed, upgraded and uninstalled by %s, and the CRDs stay", async (tool) => {
    expect(await helm(tool, "install", "thurkube", CHART)).toContain(`runs in namespace ${NAMESPACE}`);
    await helm(tool, "upgrade", "thurkube", CHART, "--set=replicaCount=2");
    const replicas = ["get", "deployment/thurkube", `--namespace=${NAMESPACE}`, "--output=jsonpath={.spec.replicas}"];
    expect(await api.kubectl(replicas)).toBe("2");
    const uninstalled = helm(tool, "uninstall", "thurkube");
    await completeJob("thurkube-uninstall");
    await uninstalled;
    const all = "deployments,roles,rolebindings,serviceaccounts,jobs,clusterroles,clusterrolebindings";
    const left = await api.kubectl(["get", all, `--namespace=${NAMESPACE}`, "--output=name"]);
    expect(left.split("\n").filter((name) => !/system:|^$|\/(cluster-)?(admin|edit|view)$/.test(name))).toEqual([
      "serviceaccount/default",
    ]);
    expect((await api.kubectl(["get", "crds", "--output=name"])).match(/thurkube\.thurbeen\.eu/g)).toHaveLength(8);
  });

  it("makes a pod that Pod Security level restricted admits, and rejects when it is less locked down", async () => {
    const pod = podOf(await renderChart("helm"));
    await expect(create(pod, "--dry-run=server")).resolves.toBe("pod/operator\n");
    const container = { ...pod.spec.containers[0], securityContext: { allowPrivilegeEscalation: true } };
    await expect(
      create({ ...pod, spec: { ...pod.spec, containers: [container] } }, "--dry-run=server"),
    ).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  describe("after installation", () => {
    beforeAll(async () => {
      const ceiling = `--set-json=clusterAccess.ceiling=${JSON.stringify(BELOW)}`;
      await api.kubectl(["apply", "--filename=-"], await renderChart("helm", [ceiling]));
    });

    it.each([
      { verb: "list", group: GROUP, resource: "agentjobs", namespace: "" },
      { verb: "patch", group: GROUP, resource: "agentjobs/status", namespace: "agents" },
      { verb: "create", group: "batch", resource: "jobs", namespace: "agents" },
      { verb: "update", group: "coordination.k8s.io", resource: "leases", name: "thurkube", namespace: NAMESPACE },
      { verb: "create", group: "events.k8s.io", resource: "events", namespace: "agents" },
    ])("lets the operator $verb $resource in $namespace", async (right) => {
      expect(await may(right)).toBe(true);
    });

    it.each([
      { verb: "get", resource: "secrets", namespace: "agents" },
      { verb: "list", resource: "secrets", namespace: NAMESPACE },
      { verb: "create", resource: "pods", namespace: "agents" },
      { verb: "create", resource: "pods/exec", namespace: "agents" },
      { verb: "escalate", group: RBAC, resource: "clusterroles", namespace: "" },
      { verb: "bind", group: RBAC, resource: "clusterroles", namespace: "" },
      { verb: "update", group: "coordination.k8s.io", resource: "leases", name: "other", namespace: NAMESPACE },
      { verb: "get", group: "coordination.k8s.io", resource: "leases", name: "thurkube", namespace: "agents" },
      { verb: "delete", group: GROUP, resource: "agentjobs", namespace: "agents" },
    ])("does not let the operator $verb $resource in $namespace", async (right) => {
      expect(await may(right)).toBe(false);
    });

    it("lets the operator grant what is below the ceiling, and refuses what is above", async () => {
      await create(clusterRole("below", BELOW), AS_OPERATOR);
      await create(binding("below"), AS_OPERATOR);
      const above = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
      await expect(create(clusterRole("above", above), AS_OPERATOR)).rejects.toThrow(/not currently held.*secrets/s);
      await create(clusterRole("above", above));
      await expect(create(binding("above"), AS_OPERATOR)).rejects.toThrow(/not currently held.*secrets/s);
    });
  });
});

/** The ceiling that the chart is installed with. */
const BELOW = [{ apiGroups: [""], resources: ["services"], verbs: ["list"] }];

interface Right {
  readonly verb: string;
  readonly group?: string;
  /** Resource with its subresource, such as pods/exec. */
  readonly resource: string;
  readonly name?: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
}

function clusterRole(name: string, rules: readonly PolicyRule[]): object {
  return { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name }, rules };
}

function binding(name: string): object {
  const roleRef = { apiGroup: RBAC, kind: "ClusterRole", name };
  const subjects = [{ kind: "ServiceAccount", name: "web-runner", namespace: "agents" }];
  return { apiVersion: `${RBAC}/v1`, kind: "ClusterRoleBinding", metadata: { name }, roleRef, subjects };
}

interface PodSpec {
  readonly containers: readonly object[];
}

/** The pod that the Deployment controller would create. */
function podOf(rendered: string): KubeObject & { readonly spec: PodSpec } {
  const found = manifests(rendered).find((object) => object.kind === "Deployment");
  const { template } = (found as unknown as { spec: { template: { metadata: object; spec: PodSpec } } }).spec;
  const metadata = { ...template.metadata, name: "operator", namespace: NAMESPACE };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
}
