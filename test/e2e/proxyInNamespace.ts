import { parseJsonObject } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";
import { chartFolder } from "../docs/chart.ts";
import { type Cluster, toolPath } from "../kit/cluster/index.ts";
import { PROXY_IMAGE } from "../kit/cluster/projectImages.ts";
import { run } from "../kit/cluster/run.ts";
import type { Internet } from "../kit/internet/internet.ts";

/** The proxy of a namespace, installed by its chart, which trusts and reaches the test's internet. */
export class ProxyInNamespace {
  readonly #cluster: Cluster;
  readonly #namespace: string;

  private constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
  }

  static async install(cluster: Cluster, namespace: string, internet: Internet): Promise<ProxyInNamespace> {
    const proxy = new ProxyInNamespace(cluster, namespace);
    const authority = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "internet" },
      data: { "ca.crt": internet.ca },
    };
    await proxy.kubectl(["apply", "--filename=-"], JSON.stringify(authority));
    const [repository, tag] = PROXY_IMAGE.split(":");
    const upstreams = { certificates: "internet", allowPrivate: [`${internet.address}/32`] };
    const values = { image: { repository, tag, pullPolicy: "Never" }, upstreams, drainSeconds: 3 };
    const set = Object.entries(values).map(([name, value]) => `--set-json=${name}=${JSON.stringify(value)}`);
    const place = [`--namespace=${namespace}`, `--kubeconfig=${cluster.kubeconfig}`, "--wait", "--timeout=3m"];
    await run(await toolPath("helm"), ["install", "clauderon", chartFolder("clauderon"), ...set, ...place]);
    return proxy;
  }

  kubectl(args: readonly string[], stdin?: string): Promise<string> {
    return this.#cluster.kubectl([`--namespace=${this.#namespace}`, ...args], stdin);
  }

  /** Names of the proxy's pods that run. */
  async pods(): Promise<readonly string[]> {
    const path = "jsonpath={range .items[*]}{.metadata.name} {end}";
    const names = await this.kubectl(["get", "pods", "--selector=app=clauderon-proxy", `--output=${path}`]);
    return names.trim().split(" ");
  }

  /** What all replicas decided until now, in the order in which it began. */
  async audit(): Promise<readonly AuditRecord[]> {
    const logs = await Promise.all((await this.pods()).map((pod) => this.kubectl(["logs", pod])));
    const records = logs.flatMap((log) =>
      log.split("\n").flatMap((line) => auditRecordSchema.safeParse(parseJsonObject(line)).data ?? []),
    );
    return records.toSorted((a, b) => (a.time < b.time ? -1 : 1));
  }

  async refused(): Promise<readonly AuditRecord[]> {
    return (await this.audit()).filter(({ reason }) => reason !== undefined);
  }
}
