import type { Duplex } from "node:stream";
import { type Clock, Fault } from "@clauderon/base";
import type { RunnerStatus } from "@clauderon/protocol";
import { abortable } from "../abortable.ts";
import { type Hello, LinkConnection, type LinkListener } from "./linkConnection.ts";
import { Latest } from "./latest.ts";
import { unanswered } from "./linkFaults.ts";

/** How long it may take to reach a runner and to be greeted by it; in a pod, a runner that starts is waited for meanwhile. */
const CONNECT_MS = 60_000;

export interface LinkOptions {
  readonly session: string;
  readonly clock: Clock;
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** The runner's status, or whether it is connected, has changed. */
  readonly changed: () => void;
}

interface Greeted {
  readonly connection: LinkConnection;
  readonly hello: Hello;
}

/** A client that views the session through the daemon. */
export interface LinkClient {
  status(status: RunnerStatus): void;
  lost(): void;
}

/**
 * The daemon's link to one session's runner: one connection that carries status, requests and viewers, and further ones
 * only while more channels are open than a runner allows on one. It does not reconnect by itself: it calls `changed`,
 * and the session's worker reconnects.
 */
export class SessionLink {
  readonly #options: LinkOptions;
  readonly #clients = new Set<LinkClient>();
  readonly #published: Latest<RunnerStatus>;
  #connections: readonly LinkConnection[] = [];
  #hello: Hello | undefined;
  #status: RunnerStatus | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#published = new Latest(options.clock, (status) => this.#publish(status));
  }

  get isConnected(): boolean {
    return this.#hello !== undefined;
  }

  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** The runner's last status. Kept when the connection is lost, until the next runner has greeted. */
  get status(): RunnerStatus | undefined {
    return this.#status;
  }

  /** Connects unless it already is connected. */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.isConnected) return;
    let made: LinkConnection | undefined;
    let isTold = false;
    const { connection, hello } = await this.#open(signal, {
      status: (status) => {
        isTold = true;
        this.#tell(status);
      },
      // The late end of an earlier connection must not end the current one.
      closed: () => made !== undefined && made === this.#connections[0] && this.#lose(),
    });
    made = connection;
    // Only now, because clients get a status as soon as there is a connection.
    this.#connections = [connection];
    if (connection.isClosed) return this.#lose();
    // This may be another runner than the one whose status is known.
    if (!isTold) this.#status = undefined;
    this.#hello = hello;
    this.#options.changed();
  }

  /** SESSION_NOT_RUNNING when there is no connection. */
  refuseUnlessConnected(): void {
    if (this.connection.isClosed) throw new Error("A closed connection was kept");
  }

  /** The connection for requests; SESSION_NOT_RUNNING when there is none. */
  get connection(): LinkConnection {
    const [first] = this.#connections;
    if (first !== undefined && this.isConnected) return first;
    throw new Fault("SESSION_NOT_RUNNING", `Session "${this.#options.session}" has no runner at the moment`, {
      hint: `See why: clauderon show ${this.#options.session}`,
    });
  }

  /** A connection with room for this many more channels. */
  async connectionFor(channels: number, signal: AbortSignal): Promise<LinkConnection> {
    const first = this.connection;
    const roomy = this.#connections.find((connection) => connection.hasRoom(channels));
    if (roomy !== undefined) return roomy;
    const { connection: further } = await this.#open(signal, {
      status: () => undefined,
      closed: () => {
        this.#connections = this.#connections.filter((connection) => connection !== further);
      },
    });
    if (!first.isClosed) this.#connections = [...this.#connections, further];
    else further.close();
    return further;
  }

  add(client: LinkClient): void {
    this.#clients.add(client);
  }

  remove(client: LinkClient): void {
    this.#clients.delete(client);
  }

  /** Ends all connections. After that, the link is not connected. */
  close(): void {
    if (this.#connections.length > 0) this.#lose();
  }

  /** A connection whose runner has greeted. SESSION_NOT_RUNNING when that takes too long. */
  async #open(signal: AbortSignal, listener: LinkListener): Promise<Greeted> {
    const { session, clock } = this.#options;
    const [settled, late] = [new AbortController(), new AbortController()];
    void clock.sleep(CONNECT_MS, settled.signal).then(() => settled.signal.aborted || late.abort(unanswered(session)));
    try {
      return await this.#greet(AbortSignal.any([signal, late.signal]), listener);
    } finally {
      settled.abort();
    }
  }

  async #greet(signal: AbortSignal, listener: LinkListener): Promise<Greeted> {
    const { session, clock, connect } = this.#options;
    const connecting = connect(signal);
    // What comes too late is nobody's.
    void connecting.then(
      (duplex) => signal.aborted && duplex.destroy(),
      () => undefined,
    );
    const connection = new LinkConnection(await abortable(connecting, signal), { session, clock, ...listener });
    try {
      return { connection, hello: await abortable(connection.hello(), signal) };
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
  }

  #tell(status: RunnerStatus): void {
    this.#status = status;
    this.#published.set(status);
  }

  #publish(status: RunnerStatus): void {
    for (const client of this.#clients) client.status(status);
    this.#options.changed();
  }

  #lose(): void {
    this.#hello = undefined;
    const others = this.#connections;
    this.#connections = [];
    for (const connection of others) connection.close();
    for (const client of this.#clients) client.lost();
    this.#options.changed();
  }
}
