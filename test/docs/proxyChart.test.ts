import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BOUNDARY_LABEL,
  PROXY_CERTIFICATES,
  PROXY_PORT,
  PROXY_SERVICE,
  USAGE_CONFIG_MAP,
} from "@clauderon/protocol/proxy";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../packages/proxy/src/config.ts";
import { LOG_LEVELS } from "../../packages/proxy/src/log.ts";
import { run } from "../kit/cluster/run.ts";
import { toolPath } from "../kit/cluster/tools.ts";
import { chartFile, chartFolder, HELMS, type Manifest, manifests, renderChart, unpackHelms } from "./chart.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 }); // Helm is a process, unpacked on first use.
beforeAll(unpackHelms);

const render = async (...args: readonly string[]) => manifests(await renderChart("helm", args, "clauderon"));

describe.each(HELMS)("the proxy's chart with %s", (helm) => {
  it("passes lint", async () => {
    const lint = run(await toolPath(helm), ["lint", "--strict", chartFolder("clauderon")]);
    await expect(lint).resolves.toContain("0 chart(s) failed");
  });

  it("renders each object that the proxy needs, all in the release's namespace", async () => {
    const objects = manifests(await renderChart(helm, [], "clauderon"));
    expect(objects.map((object) => object.kind).toSorted()).toEqual([
      "Deployment",
      "NetworkPolicy",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Role",
      "RoleBinding",
      "Service",
      "ServiceAccount",
    ]);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["thurkube-system"]));
  });

  it.each([
    ["an unknown value", ["--set=replicas=2"], /[Aa]dditional propert.*replicas/],
    ["an unknown type of Service", ["--set=service.type=ExternalName"], /service.type.*one of.*ClusterIP/],
    ["a port that does not exist", ["--set=service.nodePort=70000"], /nodePort.*65,?535/],
    ["an Ingress without a host", ["--set=ingress.enabled=true"], /ingress.host is required/],
  ])("refuses %s with a message", async (_what, args, words) => {
    await expect(renderChart(helm, args, "clauderon")).rejects.toThrow(words);
  });
});

describe("the proxy's Deployment", () => {
  it("has every field that Pod Security level restricted asks for, and a read-only root", async () => {
    const { spec } = podOf(await render());
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(spec.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it.each(LOG_LEVELS)("configures the proxy, log level %s included", async (logLevel) => {
    const upstreams = {
      allowPrivate: ["10.0.0.0/8"],
      connectTo: ["git.example.com:443:10.1.2.3:443"],
      certificates: "ca",
    };
    const args = [`--set=logLevel=${logLevel},drainSeconds=60`, `--set-json=upstreams=${JSON.stringify(upstreams)}`];
    const { spec } = podOf(await render(...args));
    expect(parseConfig(["--state=/state/proxy"], environment(spec.containers[0]))).toMatchObject({
      logLevel,
      cluster: { namespace: "metadata.namespace" },
      audit: { isPrinted: true, keep: 4 },
      drainMs: 60_000,
      upstreamCa: "/etc/clauderon-proxy/ca.crt",
      detours: [{ host: "git.example.com", address: "10.1.2.3" }],
    });
    expect(spec.terminationGracePeriodSeconds).toBe(75);
  });

  it("takes new connections for a moment after a pod begins to stop, and leaves time for the drain after that", async () => {
    const { spec } = podOf(await render("--set=drainSeconds=1"));
    const [container] = spec.containers;
    const [node = "", flag, script = ""] = container?.lifecycle.preStop.exec.command ?? [];
    const image = readFileSync(join(import.meta.dirname, "../../images/clauderon-proxy/Containerfile"), "utf8");
    expect(image).toContain(`ENTRYPOINT ["${node}", `);
    const lingerSeconds = Number(/^setTimeout\(\(\) => \{\}, (\d+)\)$/.exec(script)?.[1]) / 1000;
    expect([flag, lingerSeconds]).toEqual(["-e", 5]);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(lingerSeconds + 1 + 5);
  });

  it("has the name, label and port by which agents find it", async () => {
    const objects = await render("--set=podLabels.app=other,podLabels.team=blue");
    const pod = podOf(objects);
    expect(pod.metadata.labels).toEqual({ app: PROXY_SERVICE, team: "blue" });
    const service = named(objects, "Service", PROXY_SERVICE).spec;
    expect(service).toMatchObject({ selector: { app: PROXY_SERVICE }, ports: [{ port: PROXY_PORT }] });
    expect(pod.metadata.labels).not.toMatchObject({ app: "clauderon" });
    const rules = named(objects, "Role", PROXY_SERVICE).rules ?? [];
    expect(rules.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual([
      PROXY_CERTIFICATES.configMap,
      USAGE_CONFIG_MAP,
    ]);
  });

  it.each(["NodePort", "LoadBalancer"])("can be reached from outside with a Service of type %s", async (type) => {
    const clients = '[{"ipBlock":{"cidr":"192.168.0.0/16"}}]';
    const objects = await render(
      `--set=service.type=${type},service.nodePort=30303`,
      `--set-json=networkPolicy.clients=${clients}`,
    );
    expect(named(objects, "Service", PROXY_SERVICE).spec).toMatchObject({ type, ports: [{ nodePort: 30303 }] });
    const policy = named(objects, "NetworkPolicy", PROXY_SERVICE).spec;
    expect(JSON.stringify(policy)).toContain("192.168.0.0/16");
  });

  it("has an Ingress on request", async () => {
    const objects = await render("--set=ingress.enabled=true,ingress.host=clauderon.example.com");
    expect(named(objects, "Ingress", PROXY_SERVICE).spec).toMatchObject({
      rules: [{ host: "clauderon.example.com", http: { paths: [{ backend: { service: { name: PROXY_SERVICE } } }] } }],
    });
  });
});

describe("the NetworkPolicy of agents", () => {
  it("lets pods of the boundary reach the proxy's port and nothing else, and nothing reach them", async () => {
    expect(named(await render(), "NetworkPolicy", "clauderon-agents").spec).toEqual({
      podSelector: { matchLabels: { [BOUNDARY_LABEL.name]: BOUNDARY_LABEL.value } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [],
      egress: [{ to: [{ podSelector: { matchLabels: { app: PROXY_SERVICE } } }], ports: [{ port: PROXY_PORT }] }],
    });
  });

  it("is left out on request, and a budget for one replica too", async () => {
    const objects = await render("--set=networkPolicy.enabled=false,replicaCount=1");
    expect(objects.map(({ kind }) => kind)).not.toContain("NetworkPolicy");
    expect(objects.map(({ kind }) => kind)).not.toContain("PodDisruptionBudget");
  });
});

it("the proxy's chart takes the log levels that the proxy takes", () => {
  const schema = JSON.parse(chartFile("values.schema.json", "clauderon")) as {
    properties: { logLevel: { enum: string[] } };
  };
  expect(schema.properties.logLevel.enum).toEqual(LOG_LEVELS);
});

function named(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`The chart has no ${kind} ${name}`);
  return found;
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly securityContext: object;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly Container[];
  };
}

interface Container {
  readonly securityContext: object;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
  }[];
}

function podOf(objects: readonly Manifest[]): PodTemplate {
  return (named(objects, "Deployment", PROXY_SERVICE).spec as { readonly template: PodTemplate }).template;
}

/** What the proxy finds in its environment; a field of the pod stands for its value. */
function environment(container: Container | undefined): Readonly<Record<string, string>> {
  const entries = (container?.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    value ?? valueFrom?.fieldRef.fieldPath ?? "",
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
