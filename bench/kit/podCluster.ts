import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Duplex, duplexPair, Writable } from "node:stream";
import { AGENT_CONTAINER } from "@clauderon/pods";
import { exec, type KubeAccess, loadKubeConfig } from "@clauderon/kube";
import { LocalCluster } from "../../test/kit/cluster/cluster.ts";
import { AGENT_IMAGE, imageAuthority, loadImages } from "../../test/kit/cluster/projectImages.ts";
import { endUnusedCluster, joinCluster } from "../../test/kit/cluster/testRun.ts";
import { podConfiguration } from "../../test/kit/sessions/podConfiguration.ts";
import type { Bench } from "./bench.ts";

/** The tests' own cluster with the image of sessions in it, and a namespace that goes with the bench. */
export interface PodCluster {
  readonly access: KubeAccess;
  readonly namespace: string;
  /** For the daemon's `config.toml`. */
  readonly configuration: string;
  /** Opens a bare exec in a session's pod. */
  exec(session: string, command: readonly string[]): Duplex;
  /** Runs a shell's command in a session's pod to its end. */
  shell(session: string, command: string): Promise<void>;
}

export async function usePodCluster(bench: Bench): Promise<PodCluster> {
  const cluster = new LocalCluster();
  const lock = await joinCluster(cluster);
  bench.defer(async () => {
    await lock.release();
    await endUnusedCluster(cluster);
  });
  const image = process.env["BENCH_IMAGE"] ?? (await loadAgentImage(cluster));
  const namespace = `bench-${randomBytes(4).toString("hex")}`;
  await cluster.kubectl(["create", "namespace", namespace]);
  bench.defer(() => cluster.kubectl(["delete", "namespace", "--wait=false", namespace]));
  await cluster.kubectl(["wait", "-n", namespace, "--for=create", "serviceaccount/default", "--timeout=60s"]);
  const { kubeconfig } = cluster.layout;
  const access = loadKubeConfig({ kubeconfig });
  const open = (session: string, command: readonly string[]) => {
    const [ours, theirs] = duplexPair();
    const ended = new AbortController();
    ours.once("close", () => ended.abort());
    const place = { namespace, pod: `clauderon-${session}`, container: AGENT_CONTAINER };
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    exec(access, { ...place, command, stdin: theirs, stdout: theirs, stderr, signal: ended.signal }).then(
      () => theirs.end(),
      (thrown: Error) => (ours.destroyed ? undefined : ours.destroy(thrown)),
    );
    return ours;
  };
  return {
    access,
    namespace,
    configuration: podConfiguration({ kubeconfig, namespace, storage_size: "1Gi", image }),
    exec: open,
    async shell(session, command) {
      const place = ["-n", namespace, `clauderon-${session}`, "-c", AGENT_CONTAINER];
      await cluster.kubectl(["exec", ...place, "--", "sh", "-ec", command]);
    },
  };
}

async function loadAgentImage(cluster: LocalCluster): Promise<string> {
  const inCluster = {
    kubectl: (args: readonly string[]) => cluster.kubectl(args),
    loadImage: (archive: string) => cluster.load([archive]),
  };
  await loadImages(inCluster, (await imageAuthority()).cert);
  return AGENT_IMAGE;
}

/** A bare exec of `cat` as a terminal of keystrokes. */
export class Cat {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Settles when the sent text has come back. */
  async echo(text: string): Promise<void> {
    this.#stream.write(text);
    await once(this.#stream, "data");
  }
}
