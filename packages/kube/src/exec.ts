import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { WebSocket } from "ws";
import { ApiError } from "./apiError.ts";
import type { KubeAccess } from "./kubeAccess.ts";
import { openWebSocket } from "./openWebSocket.ts";
import { PODS } from "./resource.ts";
import { objectPath } from "./resourcePath.ts";
import { unreachable } from "./unreachable.ts";

/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The command, where it runs, and its streams; the caller keeps ownership of all streams. */
export interface ExecOptions {
  readonly namespace: string;
  readonly pod: string;
  /** May be absent when the pod has one container. */
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin?: Readable;
  readonly stdout: Writable;
  /** Not allowed with `tty`: a terminal has one output. */
  readonly stderr?: Writable;
  readonly tty?: boolean;
  /** The terminal's sizes: first the current one, then each change. */
  readonly sizes?: AsyncIterable<TerminalSize>;
  readonly signal?: AbortSignal;
}

/** How the command ended; `error` when it could not be run or its end is unknown. */
export type ExecOutcome = { readonly exitCode: number } | { readonly error: ApiError };

/** Servers before 1.30 have only version 4, which cannot transmit the end of stdin. */
const [WITH_CLOSE, WITHOUT_CLOSE] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const [STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];
/** Proxies and load balancers close a connection that is silent for a minute. */
const PING_INTERVAL_MS = 20_000;

/**
 * Runs a command in a container. Servers of 1.30 and newer pass on the end of stdin, after which the command keeps
 * running. stdout and stderr are written, never ended; a slow one slows the command down. Pings keep the connection
 * alive; when they stay unanswered, it counts as lost. Throws an ApiError when the server refuses, a Fault when the
 * connection is lost, the signal's reason when it aborts (which ends the connection; the kubelet leaves the command
 * itself running), and the error of a broken stream.
 */
export async function exec(access: KubeAccess, options: ExecOptions): Promise<ExecOutcome> {
  options.signal?.throwIfAborted();
  const socket = await openWebSocket(access, execPath(options), [WITH_CLOSE, WITHOUT_CLOSE]);
  const ended = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<ExecOutcome>();
  const unwatch = watchFailures(options, reject);
  try {
    socket.on("error", (cause) => reject(unreachable(access.server, cause)));
    socket.on("close", () => reject(unreachable(access.server, CLOSED)));
    receive(socket, options, resolve);
    keepAlive(socket, ended.signal);
    if (options.stdin !== undefined) sendInput(socket, options.stdin, ended.signal);
    if (options.sizes !== undefined) sendSizes(socket, options.sizes, ended.signal).catch(reject);
    socket.resume();
    return await promise;
  } finally {
    ended.abort();
    unwatch();
    socket.terminate();
  }
}

const CLOSED = Object.assign(new Error("The connection was closed"), { code: "UND_ERR_SOCKET" });

/** Rejects when the signal aborts, a stream fails or an output closes; the returned function removes the listeners. */
function watchFailures({ stdin, stdout, stderr, signal }: ExecOptions, reject: (cause: unknown) => void): () => void {
  const outputs = stderr === undefined ? [stdout] : [stdout, stderr];
  const streams = stdin === undefined ? outputs : [...outputs, stdin];
  const aborted = () => reject(signal?.reason);
  const closed = () => reject(new Error("An output of exec was closed before the command ended"));
  signal?.addEventListener("abort", aborted);
  if (signal?.aborted === true) aborted();
  if (outputs.some((output) => output.destroyed)) closed();
  for (const stream of streams) stream.on("error", reject);
  for (const output of outputs) output.on("close", closed);
  return () => {
    signal?.removeEventListener("abort", aborted);
    for (const stream of streams) stream.off("error", reject);
    for (const output of outputs) output.off("close", closed);
  };
}

function execPath(options: ExecOptions): string {
  const query = new URLSearchParams(options.command.map((word): [string, string] => ["command", word]));
  if (options.container !== undefined) query.set("container", options.container);
  query.set("stdin", String(options.stdin !== undefined));
  query.set("stdout", "true");
  query.set("stderr", String(options.stderr !== undefined));
  query.set("tty", String(options.tty === true));
  const { namespace, pod } = options;
  return `${objectPath(PODS, { namespace, name: pod }, "exec")}?${query.toString()}`;
}

function receive(socket: WebSocket, options: ExecOptions, resolve: (outcome: ExecOutcome) => void): void {
  let full = 0;
  const write = (output: Writable | undefined, bytes: Buffer) => {
    if (output === undefined || output.write(bytes)) return;
    full += 1;
    socket.pause();
    output.once("drain", () => {
      full -= 1;
      if (full === 0) socket.resume();
    });
  };
  socket.on("message", (frame: Buffer) => {
    const [channel, bytes] = [frame[0], frame.subarray(1)];
    if (channel === STDOUT && bytes.length > 0) write(options.stdout, bytes);
    if (channel === STDERR && bytes.length > 0) write(options.stderr, bytes);
    if (channel === STATUS) resolve(outcomeOf(bytes));
  });
}

/** The Status that an exec ends with. */
function outcomeOf(bytes: Buffer): ExecOutcome {
  const status = JSON.parse(bytes.toString("utf8")) as ConstructorParameters<typeof ApiError>[1];
  if (status.status === "Success") return { exitCode: 0 };
  const error = ApiError.ofStatus(status);
  const code = Number(error.details.causes?.find((cause) => cause.reason === "ExitCode")?.message);
  return error.reason === "NonZeroExitCode" && Number.isInteger(code) ? { exitCode: code } : { error };
}

function keepAlive(socket: WebSocket, ended: AbortSignal): void {
  let heard = true;
  const hear = () => {
    heard = true;
  };
  socket.on("pong", hear).on("message", hear);
  const timer = setInterval(() => {
    if (!heard && !socket.isPaused) socket.terminate();
    heard = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  ended.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/**
 * Servers close a connection on a message of many MiB. This is large enough for one frame of a session's link, which is
 * slightly longer than 64 KiB.
 */
const MAX_MESSAGE_BYTES = 131_072;

/**
 * Sends one chunk at a time, in messages that every server accepts: reads the next one when the network has taken the
 * last.
 */
function sendInput(socket: WebSocket, stdin: Readable, ended: AbortSignal): void {
  const data = (chunk: Buffer | string) => {
    stdin.pause();
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += MAX_MESSAGE_BYTES) {
      const isLast = at + MAX_MESSAGE_BYTES >= bytes.length;
      socket.send(Buffer.concat([STDIN_PREFIX, bytes.subarray(at, at + MAX_MESSAGE_BYTES)]), () => {
        if (isLast && !ended.aborted) stdin.resume();
      });
    }
    if (bytes.length === 0) stdin.resume();
  };
  const end = () => {
    if (socket.protocol === WITH_CLOSE) socket.send(Buffer.of(CLOSE, STDIN));
  };
  stdin.on("data", data).once("end", end);
  if (stdin.readableEnded) end();
  ended.addEventListener("abort", () => void stdin.off("data", data).off("end", end).pause(), { once: true });
}

const STDIN_PREFIX = Buffer.of(STDIN);

async function sendSizes(socket: WebSocket, sizes: AsyncIterable<TerminalSize>, ended: AbortSignal): Promise<void> {
  const next = sizes[Symbol.asyncIterator]();
  const over = once(ended, "abort").then(() => undefined);
  for (;;) {
    const step = await Promise.race([next.next(), over]);
    if (step === undefined) void next.return?.();
    if (step === undefined || step.done === true) return;
    const size = { Width: step.value.columns, Height: step.value.rows };
    socket.send(Buffer.concat([Buffer.of(RESIZE), Buffer.from(JSON.stringify(size))]));
  }
}
