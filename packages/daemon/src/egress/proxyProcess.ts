import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { type Backoff, backoffMs, cleanText, type Clock, Fault, type Log, messageOf } from "@clauderon/base";
import { readPlainFileEnd } from "@clauderon/files";
import { findProcesses, signalProcess } from "@clauderon/process";
import { inheritedVariables } from "@clauderon/protocol";
import { startRunner } from "../local/startRunner.ts";
import { tryConnect } from "../local/runners.ts";
import type { ProxyFolder } from "./proxyFolder.ts";

const LOOK_MS = 20;
const READY_MS = 60_000;
/** How long an ended proxy may wait for connections whose grants are gone. */
const STOP_MS = 5_000;
const RETRY: Backoff = { baseMs: 250, maxMs: 15_000 };
const MAX_TAIL_BYTES = 2_000;

export interface ProxyProcessOptions {
  readonly folder: ProxyFolder;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the daemon stops. The proxy keeps running. */
  readonly stop: AbortSignal;
}

/**
 * The proxy of this user's sessions: a process that outlives the daemon, as runners do. The next daemon finds it by its
 * socket. While it is wanted, a proxy that has ended is started again.
 */
export class ProxyProcess {
  readonly #options: ProxyProcessOptions;
  #isWanted = false;
  #isWatching = false;
  #starting: Promise<void> | undefined;

  constructor(options: ProxyProcessOptions) {
    this.#options = options;
  }

  /** Starts the proxy unless one listens, and keeps it running until `end`. PROXY_UNAVAILABLE if it does not start. */
  async ensure(signal: AbortSignal): Promise<void> {
    this.#isWanted = true;
    if (!(await this.#listens())) await this.#start(signal);
    if (!this.#isWatching) void this.#watch();
  }

  /** Whether the grant with this digest of its text is in effect. */
  async knows(digest: string): Promise<boolean> {
    return (await this.#ask(`/grants/${digest}`)) === 200;
  }

  /** Ends the proxy, and returns when it is gone. */
  async end(): Promise<void> {
    this.#isWanted = false;
    await this.#starting?.catch(() => undefined);
    for (const pid of this.#find()) signalProcess(pid, "SIGTERM");
    if (await this.#isGone(STOP_MS)) return;
    for (const pid of this.#find()) signalProcess(pid, "SIGKILL");
    await this.#isGone(STOP_MS);
  }

  /** Starts the proxy; calls at the same time share one start. */
  async #start(signal: AbortSignal): Promise<void> {
    this.#starting ??= this.#launch(signal).finally(() => (this.#starting = undefined));
    await this.#starting;
  }

  async #launch(signal: AbortSignal): Promise<void> {
    const { folder, environment, log, clock } = this.#options;
    // One that was asked to end still writes to the log of decisions. It takes no new connection.
    while (!(await this.#listens()) && this.#find().length > 0) {
      signal.throwIfAborted();
      await clock.sleep(LOOK_MS, signal);
    }
    if (!this.#isWanted || (await this.#listens())) return;
    const own = Object.keys(environment).filter((name) => name.startsWith("CLAUDERON_PROXY_"));
    const program = fileURLToPath(import.meta.resolve("@clauderon/proxy/bin"));
    const { exited } = await startRunner(
      process.execPath,
      [program, "--state", folder.path, "--socket", folder.socket],
      { cwd: folder.path, environment: inheritedVariables(environment, own), logFile: folder.logFile },
    );
    log.info("Started the proxy");
    await this.#untilReady(exited, signal);
  }

  async #untilReady(exited: Promise<string>, signal: AbortSignal): Promise<void> {
    let exit: string | undefined;
    void exited.then((text) => (exit = text));
    for (let waited = 0; waited < READY_MS; waited += LOOK_MS) {
      if (await this.#listens()) return;
      if (exit !== undefined) throw this.#unavailable(`it ended with ${exit}: ${this.#logTail()}`);
      signal.throwIfAborted();
      await this.#options.clock.sleep(LOOK_MS, signal);
    }
    throw this.#unavailable(`it does not listen after ${READY_MS / 1_000} s`);
  }

  /** Notices at once when the proxy ends, by a connection that it would keep open. Never throws. */
  async #watch(): Promise<void> {
    const { clock, log, stop } = this.#options;
    this.#isWatching = true;
    for (let failures = 0; this.#isWanted && !stop.aborted; ) {
      try {
        await this.#untilClosed(stop);
        if (!this.#isWanted || stop.aborted) break;
        if (!(await this.#listens())) {
          log.warn("The proxy is gone; starting it again");
          await this.#start(stop);
        }
        failures = 0;
      } catch (thrown) {
        failures += 1;
        if (!stop.aborted) log.error("Cannot start the proxy", { error: messageOf(thrown) });
        await clock.sleep(backoffMs(RETRY, failures, Math.random()), stop);
      }
    }
    this.#isWatching = false;
  }

  /** Resolves when a connection to the proxy ends, as it does after a minute, or cannot be made. */
  async #untilClosed(signal: AbortSignal): Promise<void> {
    const socket = await tryConnect(this.#options.folder.socket);
    if (socket === undefined) return;
    const end = () => socket.destroy();
    signal.addEventListener("abort", end, { once: true });
    await new Promise<void>((resolve) => {
      socket.once("close", resolve).on("error", end).resume();
      // A connection without a request would be refused, and noted.
      socket.write("GET /health HTTP/1.1\r\nHost: proxy\r\n\r\n");
    });
    signal.removeEventListener("abort", end);
  }

  async #listens(): Promise<boolean> {
    return (await this.#ask("/health")) === 200;
  }

  /** The status of the proxy's own answer; undefined without one. */
  #ask(path: string): Promise<number | undefined> {
    const { socket } = this.#options.folder;
    return new Promise((resolve) => {
      const call = request({
        socketPath: socket,
        path,
        agent: false,
        timeout: READY_MS,
        headers: { connection: "close" },
      });
      call.once("response", (response) => resolve(response.resume().statusCode));
      call.once("error", () => resolve(undefined));
      call.once("timeout", () => call.destroy());
      call.end();
    });
  }

  #find(): readonly number[] {
    const { path } = this.#options.folder;
    return findProcesses((argv) => argv.some((word, at) => word === "--state" && argv[at + 1] === path));
  }

  async #isGone(milliseconds: number): Promise<boolean> {
    for (let waited = 0; waited < milliseconds; waited += LOOK_MS) {
      if (this.#find().length === 0) return true;
      await this.#options.clock.sleep(LOOK_MS);
    }
    return false;
  }

  #logTail(): string {
    return cleanText(readPlainFileEnd(this.#options.folder.logFile, MAX_TAIL_BYTES)?.toString() ?? "", 1_000).trim();
  }

  #unavailable(why: string): Fault {
    return new Fault("PROXY_UNAVAILABLE", `The proxy cannot be used: ${why}`, {
      hint: `Its log is ${this.#options.folder.logFile}. The daemon tries again`,
    });
  }
}
