import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base/fault";

// An import of node:http would load fetch and its dependencies only to name its exports.
const { request: startRequest } = process.getBuiltinModule("node:http");

/** A request on a unix socket. */
export interface HttpRequest {
  readonly socket: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take to begin; no limit when left out. */
  readonly patienceMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON, or the text when it is not JSON. */
  readonly body: unknown;
}

/**
 * Sends a request and reads the whole answer. DAEMON_UNAVAILABLE when nobody listens, or when the answer breaks off.
 */
export async function sendRequest(options: HttpRequest): Promise<HttpAnswer> {
  const response = await openResponse(options);
  return { status: response.statusCode ?? 0, body: await readBody(response, options) };
}

/** Sends a request; the caller reads the body of the answer. */
export function openResponse(options: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = begin(options);
    request.on("response", (response) => {
      request.setTimeout(0);
      resolve(response);
    });
    request.on("error", (cause) => reject(unavailable(options, cause)));
    end(request, options);
  });
}

/** Asks to switch to another protocol: returns its stream, or the answer of a daemon that refuses. */
export function upgrade(options: HttpRequest, protocol: string): Promise<Duplex | HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = begin(options, { Connection: "Upgrade", Upgrade: protocol });
    request.on("upgrade", (_response, socket, head) => {
      request.setTimeout(0);
      socket.unshift(head);
      resolve(socket);
    });
    request.on("response", (response) => {
      const answered = readBody(response, options).then((body) => ({ status: response.statusCode ?? 0, body }));
      answered.then(resolve, reject);
    });
    request.on("error", (cause) => reject(unavailable(options, cause)));
    end(request, options);
  });
}

type Request = ReturnType<typeof startRequest>;

function begin({ socket, method, path, body, signal }: HttpRequest, headers: Record<string, string> = {}): Request {
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  return startRequest({
    socketPath: socket,
    method,
    path,
    agent: false,
    headers: { Host: "localhost", ...type, ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
}

function end(request: Request, { body, socket, patienceMs }: HttpRequest): void {
  if (patienceMs !== undefined) request.setTimeout(patienceMs, () => request.destroy(unanswered(socket, patienceMs)));
  request.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readBody(response: IncomingMessage, options: HttpRequest): Promise<unknown> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch (cause) {
    throw unavailable(options, cause);
  }
  const text = Buffer.concat(parts).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unavailable({ socket, signal }: HttpRequest, cause: unknown): Error {
  if (signal?.aborted === true) return signal.reason as Error;
  if (cause instanceof Fault) return cause;
  const { message } = cause as NodeJS.ErrnoException;
  const what = isNobody(cause) ? "No daemon is listening" : `The daemon closed the connection: ${message}`;
  return new Fault("DAEMON_UNAVAILABLE", `${what} on ${socket}`, {
    cause,
    hint: "Run `clauderon daemon status`, and see daemon.log in CLAUDERON_HOME",
  });
}

/** The system takes the connection, and the daemon does nothing. */
const unanswered = (socket: string, patienceMs: number) =>
  new Fault("TIMEOUT", `The daemon on ${socket} did not answer within ${patienceMs / 1_000} s`, {
    hint: "It is stopped, or its machine is overloaded. If it stays so, end it: `pgrep -f clauderon-daemon`, then `kill -9 PID`. Sessions keep running, and the next command starts a new daemon",
  });

const isNobody = (cause: unknown): boolean =>
  ["ENOENT", "ECONNREFUSED"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "");

/** Whether a request that failed with this Fault never reached a daemon. */
export function wasNotAsked(fault: Fault): boolean {
  return isNobody(fault.cause);
}
