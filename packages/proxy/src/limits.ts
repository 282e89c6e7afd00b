import type { Duplex } from "node:stream";

/** What one principal may use at a time, and how long a peer may take. */
export interface Limits {
  readonly connections: number;
  readonly requests: number;
  /** For a TLS handshake, for the headers of a request, and for a connection to a server. */
  readonly headerMs: number;
  /** The longest pause in the body of a request. */
  readonly bodyMs: number;
  /** Until a server starts its response. */
  readonly answerMs: number;
}

/** A request or tunnel that is open. */
export interface Use {
  /** Whether the current grant of its principal still allows it. */
  isAllowed(): boolean;
  /** Breaks it off. */
  cut(): void;
}

/** The connections, requests and tunnels that each principal has open, within its limits. */
export class Occupancy {
  readonly #limits: Limits;
  readonly #connections = new Map<string, Set<Duplex>>();
  readonly #uses = new Map<string, Set<Use>>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a connection until it closes; false when the principal has too many. */
  addConnection(principal: string, socket: Duplex): boolean {
    if (this.#connections.get(principal)?.has(socket) === true) return true;
    const remove = add(this.#connections, principal, { member: socket, most: this.#limits.connections });
    if (remove !== undefined) socket.once("close", remove);
    return remove !== undefined;
  }

  /** Counts a request or tunnel until the returned function is called; undefined when the principal has too many. */
  addUse(principal: string, use: Use): (() => void) | undefined {
    return add(this.#uses, principal, { member: use, most: this.#limits.requests });
  }

  get openConnections(): number {
    return sizeOf(this.#connections);
  }

  get openRequests(): number {
    return sizeOf(this.#uses);
  }

  /** Breaks off what is open and no longer allowed, and every connection of a principal that `hasGrant` no more. */
  recheck(hasGrant: (principal: string) => boolean): void {
    for (const uses of this.#uses.values()) for (const use of uses) if (!use.isAllowed()) use.cut();
    for (const [principal, sockets] of this.#connections) {
      if (!hasGrant(principal)) for (const socket of sockets) socket.destroy();
    }
  }
}

/** Adds a member to a principal's set and returns what removes it; undefined when the set is full. */
function add<M>(
  sets: Map<string, Set<M>>,
  principal: string,
  { member, most }: { readonly member: M; readonly most: number },
): (() => void) | undefined {
  const set = sets.get(principal) ?? new Set();
  if (set.size >= most) return undefined;
  sets.set(principal, set.add(member));
  return () => {
    set.delete(member);
    if (set.size === 0 && sets.get(principal) === set) sets.delete(principal);
  };
}

function sizeOf(sets: ReadonlyMap<string, ReadonlySet<unknown>>): number {
  return [...sets.values()].reduce((total, { size }) => total + size, 0);
}
