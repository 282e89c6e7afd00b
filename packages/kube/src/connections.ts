import { Agent, buildConnector, type Dispatcher } from "undici";
import { type Credentials, type KubeAccess, sameTls, type TlsMaterial } from "./kubeAccess.ts";
import { openTunnel, TCP_KEEP_ALIVE_MS } from "./tunnel.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** Shorter than load balancers and the API server (90 s) keep an idle connection, so they rarely close one in use. */
const IDLE_TIMEOUT_MS = 30_000;

/** Node's TLS options for the TLS settings of a kubeconfig. */
export function tlsOptions(tls: TlsMaterial) {
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    rejectUnauthorized: !tls.insecure,
  };
}

interface Pools {
  readonly tls: TlsMaterial;
  /** Bounded: requests beyond the limit wait in a queue. */
  readonly requests: Dispatcher;
  /** One connection for each watch: in the bounded pool, watches would starve the requests. */
  readonly watches: Dispatcher;
}

/**
 * The connections to one API server, kept and shared by all requests.
 *
 * HTTP/1.1, although the server offers HTTP/2. We tried undici 8.12 against a real server that was killed under 120
 * watches: on one HTTP/2 connection, 100 of them ended as if the server had ended them normally, so a truncated list
 * could look complete; over HTTP/1.1 every one failed. HTTP/2 also makes watches and requests share one limit of
 * streams. After the CA or the client certificate was rotated, new requests get new connections, and the old ones close
 * as soon as they are idle.
 */
export class Connections {
  readonly #access: KubeAccess;
  readonly #limit: number;
  #pools: Pools | undefined;
  #closed = false;

  constructor(access: KubeAccess, limit: number) {
    this.#access = access;
    this.#limit = limit;
  }

  for(credentials: Credentials, use: "requests" | "watches"): Dispatcher {
    if (this.#closed) throw new Error("This client is closed");
    if (this.#pools === undefined || !sameTls(this.#pools.tls, credentials.tls)) {
      const retired = this.#pools;
      this.#pools = {
        tls: credentials.tls,
        requests: this.#open(credentials.tls, this.#limit),
        watches: this.#open(credentials.tls, null),
      };
      void retired?.requests.close();
      void retired?.watches.close();
    }
    return this.#pools[use];
  }

  /** Ends every open request and watch. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#pools?.requests.destroy(), this.#pools?.watches.destroy()]);
  }

  #open(tls: TlsMaterial, connections: number | null): Dispatcher {
    const tcp = { keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS, timeout: CONNECT_TIMEOUT_MS };
    const pool = { connections, keepAliveTimeout: IDLE_TIMEOUT_MS, allowH2: false };
    const connect = { ...tcp, ...tlsOptions(tls) };
    const { proxy, server } = this.#access;
    if (proxy === undefined) return new Agent({ ...pool, connect });
    const secure = buildConnector({ ...connect, allowH2: false });
    const tunnelled: buildConnector.connector = (options, connected) => {
      openTunnel(proxy, server).then(
        (socket) =>
          options.protocol === "https:"
            ? secure({ ...options, httpSocket: socket }, connected)
            : connected(null, socket),
        (cause: Error) => connected(cause, null),
      );
    };
    return new Agent({ ...pool, connect: tunnelled });
  }
}
