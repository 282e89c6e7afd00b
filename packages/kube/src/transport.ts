import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { ApiError } from "./apiError.ts";
import { Connections } from "./connections.ts";
import { type Credentials, type KubeAccess, sameCredentials } from "./kubeAccess.ts";
import { unreachable, wasLost } from "./unreachable.ts";

/** The limits of a client, and its name. */
export interface TransportOptions {
  /** The maximum number of connections for requests; each watch has one more. */
  readonly connections: number;
  /** How long the server may take to begin its answer. */
  readonly headersTimeoutMs: number;
  /** The longest Retry-After that is waited for; with a longer one, the answer goes to the caller. */
  readonly maxRetryAfterMs: number;
  readonly userAgent: string;
}

export interface Call {
  readonly method: string;
  /** Path and query, below the server's own path. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** The answer has no end of its own. */
  readonly watch?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** How often the same request is repeated because the server asked for it. */
const MAX_PAUSES = 4;
const BODY_TIMEOUT_MS = 60_000;

/**
 * Sends requests to one API server. Repeats one only where that is safe: after 401 with new credentials, after 429 or
 * 503 with Retry-After (by definition not served), and a GET whose connection broke. Throws every other failure.
 */
export class Transport {
  readonly #access: KubeAccess;
  readonly #connections: Connections;
  readonly #options: TransportOptions;
  readonly #closing = new AbortController();

  constructor(access: KubeAccess, options: TransportOptions) {
    this.#access = access;
    this.#options = options;
    this.#connections = new Connections(access, options.connections);
  }

  /** The whole answer; throws an ApiError when its status is not 2xx. */
  async send(call: Call): Promise<Answer> {
    try {
      return await this.#exchange(call);
    } catch (cause) {
      if (call.method !== "GET" || !wasLost(cause)) throw this.#failure(cause, call);
    }
    try {
      return await this.#exchange(call);
    } catch (cause) {
      throw this.#failure(cause, call);
    }
  }

  /** The body as it arrives; the reader passes errors of reading it to {@link failure}. */
  async open(call: Call): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#accepted(call);
    } catch (cause) {
      throw this.#failure(cause, call);
    }
  }

  failure(cause: unknown): Error {
    return cause instanceof ApiError ? cause : unreachable(this.#access.server, cause);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.close();
  }

  #failure(cause: unknown, call: Call): unknown {
    if (cause instanceof TypeError || call.signal?.aborted) return cause;
    return this.failure(cause);
  }

  async #exchange(call: Call): Promise<Answer> {
    const { statusCode, headers, body } = await this.#accepted(call);
    return { status: statusCode, headers, text: await body.text() };
  }

  async #accepted(call: Call): Promise<Dispatcher.ResponseData> {
    let credentials = await this.#access.credentials();
    let renewed = false;
    for (let pauses = 0; ; ) {
      const response = await this.#dispatch(call, credentials);
      if (response.statusCode < 300) return response;
      const error = ApiError.ofResponse(
        response.statusCode,
        await response.body.text(),
        response.headers["retry-after"],
      );
      if (error.status === 401 && !renewed) {
        renewed = true;
        const fresh = await this.#access.renew(credentials);
        if (sameCredentials(fresh, credentials)) throw error;
        credentials = fresh;
      } else {
        if (++pauses > MAX_PAUSES) throw error;
        await this.#pause(error, call);
      }
    }
  }

  async #pause(error: ApiError, call: Call): Promise<void> {
    const asked = error.status === 429 || error.status === 503 ? error.retryAfterMs : undefined;
    if (asked === undefined || asked > this.#options.maxRetryAfterMs) throw error;
    const signal = AbortSignal.any([this.#closing.signal, ...(call.signal === undefined ? [] : [call.signal])]);
    await sleep(asked, undefined, { signal });
  }

  #dispatch(call: Call, credentials: Credentials): Promise<Dispatcher.ResponseData> {
    const { server } = this.#access;
    const authorization = credentials.authorization?.reveal();
    return this.#connections.for(credentials, call.watch === true ? "watches" : "requests").request({
      origin: server.origin,
      path: server.pathname.replace(/\/$/, "") + call.path,
      method: call.method,
      headers: {
        accept: "application/json",
        "user-agent": this.#options.userAgent,
        ...credentials.impersonation,
        ...(authorization === undefined ? {} : { authorization }),
        ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
      },
      body: call.body ?? null,
      signal: call.signal ?? null,
      headersTimeout: this.#options.headersTimeoutMs,
      bodyTimeout: call.watch === true ? 0 : BODY_TIMEOUT_MS,
    });
  }
}
