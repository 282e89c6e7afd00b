import { Fault } from "@clauderon/base";
import { MAX_SESSION_NAME } from "@clauderon/protocol";
import type { Registry } from "../registry/registry.ts";
import { generateFreeName } from "./model/names.ts";

/** A name that no other session can get until it is released. */
export interface NameReservation extends Disposable {
  readonly name: string;
}

/** Names of sessions that are being created and are not in the registry yet. */
export class NameReservations {
  readonly #registry: Pick<Registry, "has">;
  readonly #reserved = new Set<string>();

  constructor(registry: Pick<Registry, "has">) {
    this.#registry = registry;
  }

  /** Reserves the given name, or a generated one. Throws SESSION_EXISTS if it is taken. */
  reserve(wanted: string | undefined): NameReservation {
    const isTaken = (name: string) => this.#registry.has(name) || this.#reserved.has(name);
    const name = wanted ?? generateFreeName(Math.random, isTaken);
    if (isTaken(name)) {
      throw new Fault("SESSION_EXISTS", `Session "${name.slice(0, MAX_SESSION_NAME)}" already exists`, {
        hint: `Choose another name, or delete it: clauderon delete ${name}`,
      });
    }
    this.#reserved.add(name);
    return { name, [Symbol.dispose]: () => void this.#reserved.delete(name) };
  }
}
