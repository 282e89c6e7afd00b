import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { ApiServer } from "./apiServer.ts";

/** A TCP relay in front of an API server, which counts connections and can break them. */
export interface Relay {
  /** A kubeconfig like the administrator's, through the relay. */
  readonly kubeconfig: string;
  /** How many connections were made so far. */
  readonly connections: number;
  readonly open: number;
  /** Bytes the API server has sent so far. */
  readonly received: number;
  /** Breaks every open connection. */
  cut(): void;
}

/** Ends with the test. */
export async function startRelay(api: ApiServer): Promise<Relay> {
  const target = new URL(api.url);
  const pairs = new Set<readonly [Socket, Socket]>();
  let [connections, received] = [0, 0];
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [socket, other] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      socket
        .on("error", () => {})
        .on("close", () => {
          pairs.delete(pair);
          other.destroy();
        });
    }
    upstream.on("data", (bytes) => (received += bytes.length));
    client.pipe(upstream).pipe(client);
  });
  const cut = () => {
    for (const [client, upstream] of pairs) for (const socket of [client, upstream]) socket.resetAndDestroy();
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    cut();
  });
  const kubeconfig = `${api.kubeconfig}-relay`;
  writeFileSync(kubeconfig, through(api, (server.address() as AddressInfo).port), { mode: 0o600 });
  return {
    kubeconfig,
    get connections() {
      return connections;
    },
    get open() {
      return pairs.size;
    },
    get received() {
      return received;
    },
    cut,
  };
}

interface KubeConfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: object }[];
}

/** The certificate is for the server's own address, so the relay's users must say which name they expect. */
function through(api: ApiServer, port: number): string {
  const config = JSON.parse(readFileSync(api.kubeconfig, "utf8")) as KubeConfig;
  const cluster = { server: `https://127.0.0.1:${port}`, "tls-server-name": "kubernetes.default.svc" };
  const clusters = config.clusters.map((entry) => ({ ...entry, cluster: { ...entry.cluster, ...cluster } }));
  return JSON.stringify({ ...config, clusters });
}
