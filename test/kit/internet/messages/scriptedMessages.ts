import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Handler } from "../listen.ts";
import { answerJson, listenPlain } from "../listen.ts";
import type { RecordedRequest } from "../recorder.ts";
import { readParsedBody, Recorder } from "../recorder.ts";
import { leadingError, planMessage, planStream, stepsOf } from "./message.ts";
import type { MessagesBody } from "./modelRequest.ts";
import { readModelRequest } from "./modelRequest.ts";
import type { Scenario, Script } from "./scenarios.ts";
import { Scenarios } from "./scenarios.ts";
import type { ErrorStep, Turn } from "./turns.ts";
import { text, unauthorized } from "./turns.ts";

export interface ScriptedMessagesOptions {
  /** For every conversation that no scenario takes. */
  readonly script?: Script;
  /** Tried in order, before `script`. */
  readonly scenarios?: readonly Scenario[];
  /** Credentials the API accepts; any other gets 401. Without it every credential passes. */
  readonly tokens?: readonly string[];
}

export interface ScriptedMessages {
  readonly handle: Handler;
  /** Every request that came, side requests too, oldest first; the newest 1,000 are kept. */
  readonly requests: readonly RecordedRequest[];
}

export interface ScriptedMessagesServer extends Pick<ScriptedMessages, "requests"> {
  /** For ANTHROPIC_BASE_URL. */
  readonly baseUrl: string;
  /** Ends at once: open streams are cut. */
  stop(): Promise<void>;
}

/**
 * A scripted Messages API on plain loopback HTTP, good enough for the real Claude Code.
 *
 * The agent's side requests are answered so that it neither waits nor retries: HEAD, hello, token counting, and
 * conversations without tools (titles), which never use up a turn of a script.
 */
export async function startScriptedMessages(
  options: ScriptedMessagesOptions & { readonly port?: number },
): Promise<ScriptedMessagesServer> {
  const { handle, requests } = createScriptedMessages(options);
  const listener = await listenPlain(handle, options.port);
  return { baseUrl: `http://127.0.0.1:${listener.port}`, requests, stop: () => listener.stop() };
}

/** The same without a listener, for a server of one's own. */
export function createScriptedMessages(options: ScriptedMessagesOptions): ScriptedMessages {
  const fallback = options.script === undefined ? [] : [{ name: "default", script: options.script }];
  const scenarios = new Scenarios([...(options.scenarios ?? []), ...fallback]);
  const recorder = new Recorder();

  async function nextTurn(recorded: RecordedRequest): Promise<Turn> {
    const { token, headers } = recorded;
    if (options.tokens !== undefined && (token === undefined || !options.tokens.includes(token))) return unauthorized();
    const sessionId = headers["x-claude-code-session-id"];
    const request = readModelRequest(bodyOf(recorded), {
      token,
      sessionId: typeof sessionId === "string" ? sessionId : undefined,
    });
    return request.tools.length === 0 ? text('{"title":"Scripted conversation"}') : scenarios.next(request);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = recorder.add(request, await readParsedBody(request));
    if (recorded.method === "POST" && recorded.path === "/v1/messages") {
      return answerTurn(response, await nextTurn(recorded), bodyOf(recorded));
    }
    answerSideRequest(recorded, response);
  }

  return { handle, requests: recorder.requests };
}

const bodyOf = ({ body }: RecordedRequest): MessagesBody => (typeof body === "object" && body !== null ? body : {});

async function answerTurn(response: ServerResponse, turn: Turn, body: MessagesBody): Promise<void> {
  const named = { id: `msg_${randomBytes(12).toString("hex")}`, model: body.model ?? "unknown" };
  const refused = leadingError(turn);
  if (refused === undefined && body.stream === true) return stream(response, turn, named);
  for (const step of stepsOf(turn)) {
    if (step.type === "delay") await wait(response, step.ms);
    if (step.type === "cutStream") return void response.destroy();
    if (step.type === "error") return answerError(response, step);
  }
  answerJson(response, 200, planMessage(turn, named));
}

async function stream(response: ServerResponse, turn: Turn, named: { id: string; model: string }): Promise<void> {
  for (const action of planStream(turn, named)) {
    if (response.destroyed) return undefined;
    if (action.type === "delay") await wait(response, action.ms);
    else if (action.type === "cutStream") return cut(response);
    else send(response, action.event, action.data);
  }
  response.end();
}

function send(response: ServerResponse, event: string, data: unknown): void {
  if (!response.headersSent) {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "request-id": `req_${randomBytes(12).toString("hex")}`,
    });
  }
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Breaks the connection once what was written before has left. */
function cut(response: ServerResponse): void {
  if (response.headersSent) response.socket?.destroySoon();
  else response.destroy();
}

/** Waits, but not for a client that has gone. */
async function wait(response: ServerResponse, ms: number): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once("close", leave);
  await pause(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off("close", leave);
}

function answerError(response: ServerResponse, step: ErrorStep): void {
  const requestId = `req_${randomBytes(12).toString("hex")}`;
  const retryAfter = step.retryAfter === undefined ? {} : { "retry-after": String(step.retryAfter) };
  const body = { type: "error", error: { type: step.kind, message: step.message }, request_id: requestId };
  answerJson(response, step.status, body, { "request-id": requestId, ...retryAfter, ...step.headers });
}

/**
 * What Claude Code 2.1.330 asks besides its turns, with the answers after which it continues at once: an organisation
 * without managed settings (404) and without restrictions. It repeats both questions for seconds after any other answer.
 */
const SIDE_ANSWERS: Readonly<Record<string, { readonly status: number; readonly body: unknown }>> = {
  "/v1/messages/count_tokens": { status: 200, body: { input_tokens: 100 } },
  "/api/claude_code/policy_limits": { status: 200, body: { restrictions: {} } },
  "/api/claude_code/settings": { status: 404, body: { error: { type: "not_found_error", message: "No settings" } } },
};

function answerSideRequest({ method, path }: RecordedRequest, response: ServerResponse): void {
  if (method === "HEAD") return void response.writeHead(200).end();
  const known = SIDE_ANSWERS[path];
  if (known !== undefined) return answerJson(response, known.status, known.body);
  if (path === "/" || path.startsWith("/api/")) return answerJson(response, 200, {});
  const error = { type: "not_found_error", message: `scripted model: there is no ${method} ${path}` };
  answerJson(response, 404, { type: "error", error });
}
