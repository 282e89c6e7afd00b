import { lookup as lookupName } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { type AddressRules, addressProblem } from "../model/addressProblem.ts";
import type { Cidr } from "../model/cidr.ts";

/** A host and port that is reached at another address and port. */
export interface Detour {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly toPort: number;
}

export interface DestinationOptions {
  readonly detours: readonly Detour[];
  /** Blocks of addresses that are not public and may be connected to. */
  readonly allowPrivate: readonly Cidr[];
  /** All addresses of a name; the resolver of this machine by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** How to connect to a destination: the port, and the function that gives its addresses, to pass to `net.connect`. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction;
}

/** No address of the host may be connected to. */
export class AddressRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AddressRefused";
  }
}

/**
 * Where connections go. A name is resolved once for each connection, and only addresses that passed the check are handed
 * to the socket: a name that resolves to something else a moment later changes nothing.
 */
export class Destinations {
  readonly #options: DestinationOptions;
  readonly #resolve: (host: string) => Promise<readonly string[]>;

  constructor(options: DestinationOptions) {
    this.#options = options;
    this.#resolve = options.resolve ?? resolveName;
  }

  routeTo(host: string, port: number, how: AddressRules["how"]): Route {
    const detour = this.#options.detours.find((each) => each.host === host && each.port === port);
    const addresses = (): Promise<readonly string[]> =>
      detour === undefined ? this.#resolve(host) : Promise.resolve([detour.address]);
    return { host, port: detour?.toPort ?? port, lookup: this.#checked(addresses, how) };
  }

  #checked(addresses: () => Promise<readonly string[]>, how: AddressRules["how"]): LookupFunction {
    const find = callbackify(async () => this.#allowed(await addresses(), how));
    return (_host, { all }, done) => {
      find((error, found) => {
        if (error !== null) done(error, []);
        else if (all === true)
          done(
            null,
            found.map((address) => ({ address, family: isIP(address) })),
          );
        else done(null, found[0], isIP(found[0]));
      });
    };
  }

  #allowed(found: readonly string[], how: AddressRules["how"]): [string, ...string[]] {
    const rules = { how, exceptions: this.#options.allowPrivate };
    const [first, ...others] = found.filter((address) => addressProblem(address, rules) === undefined);
    if (first !== undefined) return [first, ...others];
    throw new AddressRefused(addressProblem(found[0] ?? "", rules)?.message ?? "The host has no address");
  }
}

async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookupName(host, { all: true });
  return found.map(({ address }) => address);
}
