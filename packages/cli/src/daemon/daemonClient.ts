import type { Duplex } from "node:stream";
import {
  type CreateSession,
  type CredentialList,
  credentialListSchema,
  type DaemonEvent,
  daemonEventSchema,
  type Deleted,
  deletedSchema,
  type Health,
  healthSchema,
  type Pulled,
  pulledSchema,
  type Pushed,
  pushedSchema,
  type Reconciled,
  reconciledSchema,
  type Session,
  sessionListSchema,
  sessionSchema,
  STREAM_PROTOCOL,
} from "@clauderon/protocol";
import { type HttpAnswer, type HttpRequest, openResponse, sendRequest, upgrade } from "./httpRequest.ts";
import { apiFault } from "./model/apiFault.ts";
import { EventStream } from "./model/eventStream.ts";

/** What checks an answer: a schema of protocol's. */
interface Schema<T> {
  parse(value: unknown): T;
}

const nothing: Schema<void> = { parse: () => undefined };

/**
 * The daemon's API on its socket. An answer that is no success is thrown as the Fault it tells; a daemon that does not
 * answer is DAEMON_UNAVAILABLE. Makes a connection for each call, so it survives a daemon that is started anew.
 */
export class DaemonClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#ask({ method: "GET", path: "/health", signal }, healthSchema);
  }

  async list(signal?: AbortSignal): Promise<readonly Session[]> {
    return (await this.#ask({ method: "GET", path: "/api/sessions", signal }, sessionListSchema)).items;
  }

  get(name: string): Promise<Session> {
    return this.#ask({ method: "GET", path: pathOf(name) }, sessionSchema);
  }

  /** Answers at once, with the session in Pending; what becomes of it is told by `events`. */
  create(session: CreateSession): Promise<Session> {
    return this.#ask({ method: "POST", path: "/api/sessions", body: session }, sessionSchema);
  }

  async send(name: string, prompt: string): Promise<void> {
    await this.#ask({ method: "POST", path: `${pathOf(name)}/prompt`, body: { prompt } }, nothing);
  }

  archive(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/archive` }, sessionSchema);
  }

  unarchive(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/unarchive` }, sessionSchema);
  }

  recreate(name: string): Promise<Session> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/recreate` }, sessionSchema);
  }

  pull(name: string): Promise<Pulled> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/pull` }, pulledSchema);
  }

  push(name: string): Promise<Pushed> {
    return this.#ask({ method: "POST", path: `${pathOf(name)}/push` }, pushedSchema);
  }

  /** Answers when everything of it is gone. */
  delete(name: string, discardWork: boolean): Promise<Deleted> {
    return this.#ask({ method: "DELETE", path: `${pathOf(name)}?discardWork=${discardWork}` }, deletedSchema);
  }

  reconcile(prune: boolean): Promise<Reconciled> {
    return this.#ask({ method: "POST", path: "/api/reconcile", body: { prune } }, reconciledSchema);
  }

  async credentials(): Promise<CredentialList["items"]> {
    return (await this.#ask({ method: "GET", path: "/api/credentials" }, credentialListSchema)).items;
  }

  async setCredential(name: string, value: string): Promise<void> {
    await this.#ask({ method: "PUT", path: `/api/credentials/${encodeURIComponent(name)}`, body: { value } }, nothing);
  }

  async deleteCredential(name: string): Promise<void> {
    await this.#ask({ method: "DELETE", path: `/api/credentials/${encodeURIComponent(name)}` }, nothing);
  }

  /** All that happens, from a `session` for each that there is; ends with DAEMON_UNAVAILABLE, or by the signal's reason. */
  async *events(signal?: AbortSignal): AsyncGenerator<DaemonEvent, never> {
    const request = this.#request({ method: "GET", path: "/api/events", signal });
    const response = await openResponse(request);
    if (response.statusCode !== 200) throw apiFault(response.statusCode ?? 0, undefined);
    const stream = new EventStream();
    response.setEncoding("utf8");
    try {
      for await (const piece of response as AsyncIterable<string>) {
        for (const data of stream.push(piece)) yield daemonEventSchema.parse(JSON.parse(data));
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      if ((thrown as NodeJS.ErrnoException).code !== "ECONNRESET") throw thrown;
    }
    throw apiFault(503, { error: { code: "DAEMON_UNAVAILABLE", message: "The daemon has ended its events" } });
  }

  /** A connection that speaks frames with the session's runner; see STREAM_PROTOCOL. */
  async stream(name: string, signal?: AbortSignal): Promise<Duplex> {
    const request = this.#request({ method: "GET", path: `${pathOf(name)}/stream`, signal });
    const answer = await upgrade(request, STREAM_PROTOCOL);
    if (isAnswer(answer)) throw apiFault(answer.status, answer.body);
    return answer;
  }

  async #ask<T>(request: Omit<HttpRequest, "socket">, schema: Schema<T>): Promise<T> {
    const { status, body } = await sendRequest(this.#request(request));
    if (status < 200 || status > 299) throw apiFault(status, body);
    return schema.parse(body);
  }

  #request(request: Omit<HttpRequest, "socket">): HttpRequest {
    return { socket: this.#socket, ...request };
  }
}

const pathOf = (name: string) => `/api/sessions/${encodeURIComponent(name)}`;

const isAnswer = (answer: Duplex | HttpAnswer): answer is HttpAnswer => "status" in answer;
