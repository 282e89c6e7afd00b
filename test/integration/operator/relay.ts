import { once } from "node:events";
import { Agent, request, type RequestOptions } from "node:https";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ApiServer } from "../../kit/apiserver/index.ts";

/** A request through the relay. Watches and leases are marked, because they continue in a steady state. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly kind: "read" | "write" | "event" | "watch" | "lease";
}

/** Where the relay cuts the connection: before the n-th write reaches the API server, or after it but before the response. */
export interface Cut {
  readonly write: number;
  readonly when: "before" | "after";
  readonly act: () => void;
}

/** A plain HTTP relay to the API server with the administrator's credentials, which sees every request. */
export class Relay {
  readonly passed: Passed[] = [];
  cut: Cut | undefined;
  readonly #watches = new Map<IncomingMessage, { readonly path: string; readonly answer: ServerResponse }>();
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #target: RequestOptions;
  #writes = 0;

  readonly #headers: Readonly<Record<string, string>>;

  private constructor(api: ApiServer, user: string | undefined) {
    this.#headers = user === undefined ? {} : { "impersonate-user": user };
    const { hostname, port } = new URL(api.url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: 256 });
    const tls = { ca: api.certificateAuthority, cert: api.adminCertificate, key: api.adminKey };
    this.#target = { hostname, port, agent: this.#agent, ...tls };
    this.#server = createServer((incoming, answer) => {
      this.#relay(incoming, answer).catch(() => answer.destroy());
    });
  }

  /** Relays with the permissions of `user`, or of the administrator if undefined. */
  static async start(api: ApiServer, user?: string): Promise<Relay> {
    const relay = new Relay(api, user);
    await once(relay.#server.listen(0, "127.0.0.1"), "listening");
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets earlier requests, and counts writes from one again. */
  reset(cut?: Cut): void {
    this.passed.length = 0;
    this.#writes = 0;
    this.cut = cut;
  }

  /** The requests that must not occur in a steady state. */
  get work(): readonly Passed[] {
    return this.passed.filter(({ kind }) => kind === "read" || kind === "write" || kind === "event");
  }

  get writes(): readonly Passed[] {
    return this.passed.filter(({ kind }) => kind === "write");
  }

  /** Delays the events of the open watches of these paths, until the returned function is called. */
  hold(paths: RegExp): () => void {
    const held = [...this.#watches].filter(([, { path }]) => paths.test(path));
    for (const [response, { answer }] of held) response.unpipe(answer);
    return () => {
      for (const [response, { answer }] of held) response.pipe(answer);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #relay(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = incoming;
    const kind = kindOf(method, path);
    this.passed.push({ method, path, kind });
    const body = await buffer(incoming);
    const { cut } = this;
    const isCut = kind === "write" && (this.#writes += 1) === cut?.write;
    if (isCut && cut?.when === "before") return this.#drop(cut, answer);
    const response = await this.#send(method, path, incoming.headers, body);
    if (isCut && cut !== undefined) {
      response.resume();
      return this.#drop(cut, answer);
    }
    answer.writeHead(response.statusCode ?? 502, response.headers);
    answer.flushHeaders();
    answer.on("close", () => response.destroy());
    response.on("error", () => answer.destroy());
    response.on("aborted", () => answer.destroy());
    response.pipe(answer);
    if (kind !== "watch") return;
    this.#watches.set(response, { path, answer });
    response.on("close", () => this.#watches.delete(response));
  }

  #drop(cut: Cut, answer: ServerResponse): void {
    cut.act();
    answer.destroy();
  }

  #send(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { host: _host, connection: _connection, "transfer-encoding": _chunked, ...rest } = headers;
    const outgoing = request({ ...this.#target, method, path, headers: { ...rest, ...this.#headers } }, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
    return promise;
  }
}

function kindOf(method: string, path: string): Passed["kind"] {
  if (path.includes("/leases")) return "lease";
  if (path.includes("/events")) return "event";
  if (method !== "GET") return "write";
  return path.includes("watch=") ? "watch" : "read";
}
