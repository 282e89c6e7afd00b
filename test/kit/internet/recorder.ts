import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** One request that reached the outside world. */
export interface RecordedRequest {
  /** The host it was addressed to (header `host`), port left out. */
  readonly host: string;
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** The path with the query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed when it is JSON, a text otherwise; `undefined` when empty or not kept (git packs). */
  readonly body: unknown;
  /** The credential it carried: `x-api-key`, else `Authorization` (Bearer value, or the password of Basic). */
  readonly token: string | undefined;
}

/** Requests in the order they came. The newest `capacity` are kept. */
export class Recorder {
  readonly #capacity: number;
  readonly #requests: RecordedRequest[] = [];

  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  /** A live view: later requests appear in it. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  add(request: IncomingMessage, body?: unknown): RecordedRequest {
    const url = request.url ?? "/";
    const recorded = {
      host: hostOf(request),
      method: request.method ?? "",
      path: url.split("?")[0] ?? "",
      url,
      headers: request.headers,
      body,
      token: tokenOf(request.headers),
    };
    this.#requests.push(recorded);
    if (this.#requests.length > this.#capacity) this.#requests.shift();
    return recorded;
  }
}

/** The host a request is addressed to, port left out, in lower case. */
export const hostOf = (request: IncomingMessage): string =>
  (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();

/** Reads the whole body: parsed when it is JSON, a text otherwise, `undefined` when empty. */
export async function readParsedBody(request: IncomingMessage): Promise<unknown> {
  const body = await text(request);
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  const [scheme, value] = (headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer") return value;
  if (scheme?.toLowerCase() !== "basic") return undefined;
  return Buffer.from(value ?? "", "base64")
    .toString()
    .split(":")
    .slice(1)
    .join(":");
}
