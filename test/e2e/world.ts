import { join } from "node:path";
import { AGENT_JOBS, type AgentJob, type AgentJobPhase } from "@clauderon/kinds";
import { HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { afterAll, expect, vi } from "vitest";
import { type Cluster, equipCluster, toolPath, useCluster } from "../kit/cluster/index.ts";
import { AGENT_IMAGE, OPERATOR_IMAGE } from "../kit/cluster/projectImages.ts";
import { run } from "../kit/cluster/run.ts";
import type { Internet, InternetOptions } from "../kit/internet/internet.ts";
import { PATIENCE } from "./useNamespace.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Name of the operator's release in the operator's namespace. */
export const RELEASE = "thurkube";

/** A cluster with the operator installed by its chart, and the outside world that pods reach. */
export interface World {
  readonly cluster: Cluster;
  readonly internet: Internet;
  readonly operatorNamespace: string;
  apply(namespace: string, ...manifests: readonly string[]): Promise<void>;
  job(namespace: string, name: string): Promise<AgentJob>;
  /** Waits until the AgentJob is in the phase, and returns it. */
  untilPhase(namespace: string, name: string, phase: AgentJobPhase): Promise<AgentJob>;
  /** Waits until the condition has the reason, and returns its message. */
  untilReason(namespace: string, name: string, condition: { type: string; reason: string }): Promise<string>;
  /** Calls back for an AgentJob at each change, from now on until the signal aborts. */
  watch(namespace: string, name: string, signal: AbortSignal, seen: (job: AgentJob) => void): Promise<void>;
  helm(...args: readonly string[]): Promise<string>;
}

export interface WorldOptions extends Pick<InternetOptions, "messages" | "git"> {
  /** Namespaces of a fixed name that the file creates and deletes. */
  readonly namespaces?: readonly string[];
}

/** Call it at the top of a test file; everything it creates is gone after the file. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const cluster = await useCluster();
  if (cluster.isForeign) await refuseCluster(cluster, options.namespaces ?? []);
  const internet = await equipCluster(cluster, options);
  const operatorNamespace = await cluster.namespace("thurkube-system");
  const helmPath = await toolPath("helm");
  const helm = (...args: readonly string[]): Promise<string> =>
    run(helmPath, args, { cwd: ROOT, env: { KUBECONFIG: cluster.kubeconfig } });
  const [repository = "", tag = ""] = OPERATOR_IMAGE.split(/:(?=[^:]*$)/);
  const image = ["--set", `image.repository=${repository},image.tag=${tag},image.pullPolicy=Never`];
  afterAll(() => uninstall({ cluster, helm, operatorNamespace }));
  await helm(
    "install",
    RELEASE,
    "charts/thurkube",
    "--namespace",
    operatorNamespace,
    ...image,
    "--wait",
    "--timeout=90s",
  );

  const job = async (namespace: string, name: string): Promise<AgentJob> =>
    JSON.parse(await cluster.kubectl(["get", "agentjob", name, "--namespace", namespace, "--output=json"])) as AgentJob;
  return {
    cluster,
    internet,
    operatorNamespace,
    helm,
    job,
    async watch(namespace, name, signal, seen) {
      const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: cluster.kubeconfig }));
      try {
        const { metadata } = await client.list(AGENT_JOBS, { namespace });
        const options = { namespace, fieldSelector: `metadata.name=${name}`, timeoutSeconds: 600, signal, ...metadata };
        for await (const { object } of client.watch(AGENT_JOBS, options)) seen(object);
      } finally {
        await client.close();
      }
    },
    async apply(namespace, ...manifests) {
      await cluster.kubectl(["apply", "--namespace", namespace, "--filename=-"], manifests.join("\n---\n"));
    },
    async untilPhase(namespace, name, phase) {
      return vi.waitFor(async () => {
        const found = await job(namespace, name);
        expect(found.status).toMatchObject({ phase });
        return found;
      }, PATIENCE);
    },
    async untilReason(namespace, name, condition) {
      return vi.waitFor(async () => {
        const { status } = await job(namespace, name);
        expect(status?.conditions).toContainEqual(expect.objectContaining(condition));
        return status?.conditions?.find(({ type }) => type === condition.type)?.message ?? "";
      }, PATIENCE);
    },
  };
}

/** Throws when the tests would delete what another user has in the cluster. */
async function refuseCluster(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  const taken = await cluster.kubectl(["get", "crds,namespaces", "--output=name"]);
  const ours = namespaces.map((name) => `namespace/${name}`);
  const found = taken.split("\n").filter((name) => name.endsWith(".thurkube.thurbeen.eu") || ours.includes(name));
  if (found.length === 0) return;
  throw new Error(
    `The cluster of CLAUDERON_TEST_KUBECONFIG has ${found.join(", ")} already, which this test would delete`,
  );
}

/** Uninstalls the operator after all AgentJobs are gone, so that the hook, which takes a while, has nothing to do. */
async function uninstall({
  cluster,
  helm,
  operatorNamespace,
}: Pick<World, "cluster" | "helm" | "operatorNamespace">): Promise<void> {
  await cluster.kubectl(["delete", "agentjobs", "--all", "--all-namespaces", "--ignore-not-found", "--timeout=60s"]);
  await helm("uninstall", RELEASE, "--namespace", operatorNamespace, "--no-hooks", "--ignore-not-found", "--wait");
  const crds = (await cluster.kubectl(["get", "crds", "--output=name"]))
    .split("\n")
    .filter((name) => name.endsWith("thurkube.thurbeen.eu"));
  if (crds.length > 0) await cluster.kubectl(["delete", "--timeout=60s", ...crds]);
}

/** A manifest of one of our kinds, as YAML (which JSON is). */
export function manifest(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: "thurkube.thurbeen.eu/v1alpha1", kind, metadata: { name }, spec });
}

/** A Secret with one key. */
export function secret(name: string, key: string, value: string): string {
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { [key]: value } });
}

/** What AgentJobs of the tests refer to: the runtime with the real agent, a credential, a role that may do everything. */
export function basics(token = "sk-ant-oat01-e2e"): readonly string[] {
  return [
    manifest("AgentRuntime", "claude-code", {
      image: AGENT_IMAGE,
      imagePullPolicy: "Never",
      authEnvVar: "CLAUDE_CODE_OAUTH_TOKEN",
      configPath: "/etc/claude-code-job",
      persistPath: "/var/lib/claude-code-job",
    }),
    manifest("AgentAuth", "claude-oauth", { secretRef: { name: "claude-oauth", key: "token" } }),
    manifest("AgentRole", "default", { allowedTools: ["Bash", "Read", "Edit", "Write"] }),
    secret("claude-oauth", "token", token),
  ];
}

/** An AgentJob on those basics. */
export function agentJob(name: string, spec: object): string {
  return manifest("AgentJob", name, {
    runtimeRef: "claude-code",
    authRef: "claude-oauth",
    roleRef: "default",
    ...spec,
  });
}
