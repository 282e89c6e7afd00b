import { KINDS } from "@clauderon/kinds";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../packages/operator/src/config.ts";
import { LOG_LEVELS } from "../../packages/operator/src/log.ts";
import { run } from "../kit/cluster/run.ts";
import { toolPath } from "../kit/cluster/tools.ts";
import { CHART, chartFile, HELMS, manifests, renderChart, unpackHelms } from "./chart.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 }); // Helm is a process, unpacked on first use.
beforeAll(unpackHelms);

describe.each(HELMS)("the chart with %s", (helm) => {
  it("passes lint", async () => {
    await expect(run(await toolPath(helm), ["lint", "--strict", CHART])).resolves.toContain("0 chart(s) failed");
  });

  it("renders one of each object the operator needs", async () => {
    const objects = manifests(await renderChart(helm, ["--set=crds.install=false", "--no-hooks"]));
    expect(objects.map((object) => object.kind).toSorted()).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
      "Deployment",
      "Role",
      "RoleBinding",
      "ServiceAccount",
    ]);
  });

  it("installs the eight CRDs with crds.install, and no CRD without it", async () => {
    const names = KINDS.map((kind) => `${kind.plural}.${kind.group}`);
    expect(crds(await renderChart(helm)).toSorted()).toEqual(names.toSorted());
    expect(crds(await renderChart(helm, ["--set=crds.install=false"]))).toEqual([]);
  });

  it.each([
    ["an unknown value", ["--set=replicacount=2"], /[Aa]dditional propert.*replicacount/],
    ["an unknown value deeper down", ["--set=image.tga=x"], /[Aa]dditional propert.*tga/],
    ["a log level that does not exist", ["--set=logLevel=loud"], /logLevel.*one of.*debug.*info.*warn.*error/],
    ["a negative number of replicas", ["--set=replicaCount=-1"], /replicaCount.*(greater than or equal to|minimum).*0/],
    ["an invalid amount of memory", ["--set=resources.limits.memory=lots"], /limits.memory.*pattern/],
    ["a privileged port", ["--set=probes.port=80"], /probes.port.*1,?024/],
    [
      "escalation in the ceiling",
      ['--set-json=clusterAccess.ceiling=[{"verbs":["escalate"]}]'],
      /verbs.0.*one of.*get/,
    ],
    ["a wildcard in the ceiling", ['--set-json=clusterAccess.ceiling=[{"verbs":["*"]}]'], /verbs.0.*one of.*get/],
  ])("refuses %s with a message", async (_what, args, words) => {
    await expect(renderChart(helm, args)).rejects.toThrow(words);
  });
});

describe("the operator's Deployment", () => {
  it("has every field that Pod Security level restricted asks for, and a read-only root", async () => {
    const { spec } = (await deployment()).template;
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(spec.containers.map((container) => container.securityContext)).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    ]);
  });

  it("is probed on /healthz and /readyz at the port of its configuration", async () => {
    const [container] = (await deployment("--set=probes.port=9090")).template.spec.containers;
    expect(container?.livenessProbe).toMatchObject({
      httpGet: { path: "/healthz", port: "http" },
      initialDelaySeconds: 10,
    });
    expect(container?.readinessProbe).toMatchObject({ httpGet: { path: "/readyz", port: "http" }, periodSeconds: 5 });
    expect(container?.ports).toEqual([{ name: "http", containerPort: 9090 }]);
    expect(parseConfig([], environment(container)).port).toBe(9090);
  });

  it.each(LOG_LEVELS)("configures the operator, log level %s included", async (logLevel) => {
    const [container] = (await deployment(`--set=logLevel=${logLevel}`)).template.spec.containers;
    const leaderElection = { namespace: "metadata.namespace", identity: "metadata.name" };
    expect(parseConfig([], environment(container))).toMatchObject({ logLevel, port: 8080, leaderElection });
  });

  it("takes the log levels that the operator takes", () => {
    const schema = JSON.parse(chartFile("values.schema.json")) as { properties: { logLevel: { enum: string[] } } };
    expect(schema.properties.logLevel.enum).toEqual(LOG_LEVELS);
  });

  it("has no probes when they are disabled", async () => {
    const [container] = (await deployment("--set=probes.enabled=false")).template.spec.containers;
    expect(container).not.toHaveProperty("livenessProbe");
    expect(container).not.toHaveProperty("readinessProbe");
  });

  it("keeps its selector's labels, whatever podLabels contains", async () => {
    const { selector, template } = await deployment(
      "--set=podLabels.app\\.kubernetes\\.io/name=other,podLabels.team=blue",
    );
    expect(template.metadata.labels).toEqual({ ...selector.matchLabels, team: "blue" });
  });

  it("takes the appVersion as tag, unless a tag is pinned", async () => {
    expect(await image("--set=image.tag=")).toBe("localhost/thurkube:v0.1.0");
    expect(await image("--set=image.repository=registry.test/own,image.tag=v2")).toBe("registry.test/own:v2");
  });

  it.each(["nodeSelector", "tolerations", "affinity", "imagePullSecrets"])("passes %s on to the pod", async (field) => {
    const values: Record<string, unknown> = {
      nodeSelector: { disk: "ssd" },
      tolerations: [{ operator: "Exists" }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      imagePullSecrets: [{ name: "pull" }],
    };
    const { spec } = (await deployment(`--set-json=${field}=${JSON.stringify(values[field])}`)).template;
    expect(spec).toHaveProperty(field, values[field]);
  });
});

function crds(yaml: string): readonly string[] {
  return manifests(yaml).flatMap((object) =>
    object.kind === "CustomResourceDefinition" ? [object.metadata.name ?? ""] : [],
  );
}

async function deployment(...args: readonly string[]): Promise<DeploymentSpec> {
  const found = manifests(await renderChart("helm", args)).find((object) => object.kind === "Deployment");
  return (found as unknown as { spec: DeploymentSpec }).spec;
}

/** What the operator finds in its environment; a field of the pod stands for its value. */
function environment(container: Container | undefined): Record<string, string> {
  const entries = (container?.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    value ?? valueFrom?.fieldRef.fieldPath ?? "",
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

async function image(...args: readonly string[]): Promise<string | undefined> {
  return (await deployment(...args)).template.spec.containers[0]?.image;
}

interface DeploymentSpec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly securityContext: object;
      readonly containers: readonly Container[];
    };
  };
}

interface Container {
  readonly image: string;
  readonly env: readonly { name: string; value?: string; valueFrom?: { fieldRef: { fieldPath: string } } }[];
  readonly ports: readonly object[];
  readonly securityContext: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}
