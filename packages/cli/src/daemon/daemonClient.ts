import type { Duplex } from "node:stream";
import type {
  CreateSession,
  CredentialList,
  DaemonEvent,
  Deleted,
  Health,
  Pulled,
  Pushed,
  Reconciled,
  Session,
} from "@clauderon/protocol";
import { STREAM_PROTOCOL } from "@clauderon/protocol/wire";
import { type HttpAnswer, type HttpRequest, openResponse, sendRequest, upgrade } from "./httpRequest.ts";
import { apiFault } from "./model/apiFault.ts";
import { eventData } from "./model/eventStream.ts";

/**
 * The daemon's API on its socket. An answer that is no success is thrown as the Fault it tells; a daemon that does not
 * answer is DAEMON_UNAVAILABLE. What it answers is taken at its word: it has checked that against the schemas, which are too
 * slow to load for a command; connectDaemon has seen to it that both speak the same version. Makes a connection for each call, so it survives a daemon that is started anew.
 */
export class DaemonClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#ask({ method: "GET", path: "/health", signal });
  }

  async list(signal?: AbortSignal): Promise<readonly Session[]> {
    return (await this.#ask<{ items: Session[] }>({ method: "GET", path: "/api/sessions", signal })).items;
  }

  get(name: string): Promise<Session> {
    return this.#ask({ method: "GET", path: pathOf(name) });
  }

  /** Answers at once, with the session in Pending; what becomes of it is told by `events`. */
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

  /** Answers when everything of it is gone. */
  delete(name: string, discardWork: boolean): Promise<Deleted> {
    return this.#ask({ method: "DELETE", path: `${pathOf(name)}?discardWork=${discardWork}` });
  }

  reconcile(prune: boolean): Promise<Reconciled> {
    return this.#ask({ method: "POST", path: "/api/reconcile", body: { prune } });
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

  /** All that happens, from a `session` for each that there is; ends with DAEMON_UNAVAILABLE, or by the signal's reason. */
  async *events(signal?: AbortSignal): AsyncGenerator<DaemonEvent, never> {
    const request = this.#request({ method: "GET", path: "/api/events", signal });
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
    const request = this.#request({ method: "GET", path: `${pathOf(name)}/stream`, signal });
    const answer = await upgrade(request, STREAM_PROTOCOL);
    if (isAnswer(answer)) throw apiFault(answer.status, answer.body);
    return answer;
  }

  async #ask<T>(request: Omit<HttpRequest, "socket">): Promise<T> {
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
