import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  CreateSession,
  CredentialList,
  DaemonEvent,
  Deleted,
  EgressReport,
  EgressSuggestion,
  Health,
  Pulled,
  Pushed,
  Reconciled,
  Session,
  UsageList,
} from "@clauderon/protocol";
import { STREAM_PROTOCOL } from "@clauderon/protocol/wire";
import { type HttpAnswer, type HttpRequest, openResponse, sendRequest, upgrade } from "./httpRequest.ts";
import { apiFault } from "./model/apiFault.ts";
import { eventData } from "./model/eventStream.ts";

/** How long a daemon may take to give a sign of life. */
const PATIENCE_MS = 20_000;

export interface DeleteOptions {
  readonly discardWork?: boolean;
  readonly orphan?: boolean;
}

/**
 * The daemon's API on its socket. An error answer is thrown as its Fault; a daemon that does not answer is
 * DAEMON_UNAVAILABLE. Answers are not checked here: the daemon has checked them against the schemas, which are too slow
 * to load for a command, and connectDaemon guarantees that both speak the same version. Each call makes its own
 * connection, so the client survives a restart of the daemon. A request may take as long as the daemon gives signs of life;
 * TIMEOUT when it gives none.
 */
export class DaemonClient {
  readonly #socket: string;
  readonly #patienceMs: number;

  constructor(socket: string, patienceMs = PATIENCE_MS) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#send({ method: "GET", path: "/health", signal, patienceMs: this.#patienceMs });
  }

  async list(signal?: AbortSignal): Promise<readonly Session[]> {
    return (await this.#ask<{ items: Session[] }>({ method: "GET", path: "/api/sessions", signal })).items;
  }

  get(name: string): Promise<Session> {
    return this.#ask({ method: "GET", path: pathOf(name) });
  }

  /** Answers at once, with the session in Pending; `events` reports its progress. */
  create(session: CreateSession): Promise<Session> {
    return this.#ask({ method: "POST", path: "/api/sessions", body: session });
  }

  async send(name: string, prompt: string): Promise<void> {
    await this.#ask({ method: "POST", path: `${pathOf(name)}/prompt`, body: { prompt } });
  }

  archive(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/archive` });
  }

  unarchive(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/unarchive` });
  }

  recreate(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/recreate` });
  }

  pull(name: string): Promise<Pulled> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/pull` });
  }

  push(name: string): Promise<Pushed> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/push` });
  }

  /** Answers when everything that belongs to the session is gone; with `orphan`, everything that is here. */
  delete(name: string, { discardWork = false, orphan = false }: DeleteOptions): Promise<Deleted> {
    return this.#ask({ method: "DELETE", path: `${pathOf(name)}?discardWork=${discardWork}&orphan=${orphan}` });
  }

  reconcile(prune: boolean): Promise<Reconciled> {
    return this.#ask({ method: "POST", path: "/api/reconcile", body: { prune } });
  }

  egress(name: string): Promise<EgressReport> {
    return this.#ask({ method: "GET", path: `${pathOf(name)}/egress` });
  }

  suggestEgress(name: string): Promise<EgressSuggestion> {
    return this.#ask({ method: "GET", path: `${pathOf(name)}/egress/suggestion` });
  }

  /** What sessions used, by their names. */
  async usage(): Promise<UsageList["items"]> {
    return (await this.#ask<UsageList>({ method: "GET", path: "/api/usage" })).items;
  }

  /** Answers when the proxy knows it. */
  allowHost(name: string, host: string): Promise<EgressReport> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/egress/allow`, body: { host } });
  }

  /** Answers when the proxy knows it. */
  setAccessMode(name: string, accessMode: EgressReport["accessMode"]): Promise<EgressReport> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/egress/access-mode`, body: { accessMode } });
  }

  async credentials(): Promise<CredentialList["items"]> {
    return (await this.#ask<CredentialList>({ method: "GET", path: "/api/credentials" })).items;
  }

  async setCredential(name: string, value: string): Promise<void> {
    await this.#ask({ method: "PUT", path: `/api/credentials/${encodeURIComponent(name)}`, body: { value } });
  }

  async deleteCredential(name: string): Promise<void> {
    await this.#ask({ method: "DELETE", path: `/api/credentials/${encodeURIComponent(name)}` });
  }

  /**
   * All events, beginning with a `session` for each existing one; ends with DAEMON_UNAVAILABLE, or with the signal's
   * reason.
   */
  async *events(signal?: AbortSignal): AsyncGenerator<DaemonEvent, never> {
    const request = this.#request({ method: "GET", path: "/api/events", signal, patienceMs: this.#patienceMs });
    const response = await openResponse(request);
    if (response.statusCode !== 200) throw apiFault(response.statusCode ?? 0, undefined);
    response.setEncoding("utf8");
    try {
      for await (const data of eventData(response)) yield JSON.parse(data) as DaemonEvent;
    } catch (thrown) {
      signal?.throwIfAborted();
      if ((thrown as NodeJS.ErrnoException).code !== "ECONNRESET") throw thrown;
    }
    throw apiFault(503, { error: { code: "DAEMON_UNAVAILABLE", message: "The daemon closed the event stream" } });
  }

  /** A connection that speaks frames with the session's runner; see STREAM_PROTOCOL. */
  async stream(name: string, signal?: AbortSignal): Promise<Duplex> {
    const patienceMs = this.#patienceMs;
    const request = this.#request({ method: "GET", path: `${pathOf(name)}/stream`, signal, patienceMs });
    const answer = await upgrade(request, STREAM_PROTOCOL);
    if (isAnswer(answer)) throw apiFault(answer.status, answer.body);
    return answer;
  }

  async #ask<T>({ signal, ...request }: Omit<HttpRequest, "socket">): Promise<T> {
    const [answered, stopped] = [new AbortController(), new AbortController()];
    this.#watch(answered.signal).catch((thrown: unknown) => stopped.abort(thrown));
    const signals = signal === undefined ? [stopped.signal] : [signal, stopped.signal];
    try {
      return await this.#send({ ...request, signal: AbortSignal.any(signals) });
    } finally {
      answered.abort();
    }
  }

  /** Throws as soon as the daemon gives no sign of life. */
  async #watch(answered: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.#patienceMs, undefined, { signal: answered }).catch(() => undefined);
      if (answered.aborted) return;
      await this.health();
    }
  }

  async #send<T>(request: Omit<HttpRequest, "socket">): Promise<T> {
    const { status, body } = await sendRequest(this.#request(request));
    if (status < 200 || status > 299) throw apiFault(status, body);
    return body as T;
  }

  #request(request: Omit<HttpRequest, "socket">): HttpRequest {
    return { socket: this.#socket, ...request };
  }
}

const pathOf = (name: string) => `/api/sessions/${encodeURIComponent(name)}`;

const isAnswer = (answer: Duplex | HttpAnswer): answer is HttpAnswer => "status" in answer;
