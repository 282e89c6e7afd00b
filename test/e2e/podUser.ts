import assert from "node:assert/strict";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "@clauderon/protocol";
import { vi } from "vitest";
import { SessionUser } from "../integration/session/sessionUser.ts";
import type { Cluster } from "../kit/cluster/index.ts";
import { podConfiguration } from "../kit/sessions/podConfiguration.ts";
import { PATIENCE } from "./useNamespace.ts";

/** A user whose sessions are pods of a namespace, with the terminal agent in them. */
export class PodUser extends SessionUser {
  readonly cluster: Cluster;
  readonly namespace: string;

  constructor(cluster: Cluster, namespace: string) {
    super({ KUBECONFIG: cluster.kubeconfig, CLAUDERON_AGENT_COMMAND: "" });
    this.cluster = cluster;
    this.namespace = namespace;
    mkdirSync(this.clauderonHome);
    appendFileSync(
      join(this.clauderonHome, "config.toml"),
      `${podConfiguration({ namespace })}[session]
backend = "kubernetes"
`,
    );
  }

  /** A command of bash in the checkout of the session's pod. */
  inPod(session: string, command: string): Promise<string> {
    const script = `cd /workspace/project && ${command}`;
    return this.cluster.kubectl([
      "exec",
      `--namespace=${this.namespace}`,
      `clauderon-${session}`,
      "--",
      "bash",
      "-c",
      script,
    ]);
  }

  /** The uid of the session's pod; "" when it has no pod. */
  podUid(session: string): Promise<string> {
    return this.cluster.kubectl([
      "get",
      "pod",
      `clauderon-${session}`,
      `--namespace=${this.namespace}`,
      "--ignore-not-found",
      "--output=jsonpath={.metadata.uid}",
    ]);
  }

  /** Names of all objects of the session in the cluster. */
  async objects(session: string): Promise<string> {
    const kinds = "pods,pvc,configmaps,secrets";
    const named = await this.cluster.kubectl([
      "get",
      kinds,
      `--namespace=${this.namespace}`,
      `--selector=session=${session}`,
      "--output=name",
    ]);
    return named.trim();
  }

  async status(session: string): Promise<Session["status"]> {
    return (await this.show(session)).status;
  }

  async untilStatus(session: string, status: Partial<Session["status"]>): Promise<void> {
    await vi.waitFor(async () => assert.partialDeepStrictEqual(await this.status(session), status), PATIENCE);
  }
}
