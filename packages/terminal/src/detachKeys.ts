import { Fault } from "@clauderon/base/fault";
import { ESC, splitKeys, type TypedKey } from "./typedKeys.ts";

/** The bytes of keys such as `ctrl-p,ctrl-q`: characters, and `ctrl-` with a letter or one of `@[\]^_`. */
export function parseDetachKeys(text: string, origin = "attach.detach_keys"): Uint8Array {
  return Uint8Array.from(text.split(",").map((key) => keyByte(key.trim(), text, origin)));
}

function keyByte(key: string, text: string, origin: string): number {
  const [, control] = /^ctrl-([a-z@[\\\]^_])$/i.exec(key) ?? [];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 64;
  if (/^[!-~]$/.test(key)) return key.charCodeAt(0);
  throw new Fault(
    "CONFIG_INVALID",
    `${origin} cannot be ${JSON.stringify(text)}: ${JSON.stringify(key)} is not a key`,
    {
      hint: "Use characters and ctrl-<letter>, separated by commas: ctrl-p,ctrl-q",
    },
  );
}

/** The typed bytes for the session, and whether the user detaches. */
export interface Typed {
  readonly bytes: Uint8Array;
  readonly detach: boolean;
}

/**
 * Finds the detach keys in typed bytes, as a plain terminal sends them and as one does by the kitty keyboard protocol or
 * modifyOtherKeys. Bytes that may be their beginning are held until the next key decides; all others pass at once. Bytes
 * after the keys are dropped.
 */
export class DetachMatcher {
  readonly #keys: Uint8Array;
  /** The keys that match so far, with what belongs to no key press between them. */
  #held: readonly TypedKey[] = [];
  /** The beginning of a key. */
  #rest: readonly number[] = [];

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  push(chunk: Uint8Array): Typed {
    const wasHeld = this.#held.length + this.#rest.length;
    if (wasHeld === 0 && !chunk.includes(ESC) && !chunk.includes(this.#keys[0] ?? ESC)) {
      return { bytes: chunk, detach: false };
    }
    const { keys, rest } = splitKeys(Uint8Array.from([...this.#rest, ...chunk]));
    this.#rest = rest;
    const passed: TypedKey[] = [];
    for (const key of keys) {
      passed.push(...this.#take(key));
      if (this.#matched === this.#keys.length) return { bytes: bytesOf(passed), detach: true };
    }
    const isWhole = wasHeld + this.#held.length + rest.length === 0;
    return { bytes: isWhole ? chunk : bytesOf(passed), detach: false };
  }

  /** The keys that can no longer be held. */
  #take(typed: TypedKey): readonly TypedKey[] {
    if (typed.key === "Passing" && this.#matched === 0) return [typed];
    const passed: TypedKey[] = [];
    while (typed.key !== "Passing" && this.#matched > 0 && typed.key !== this.#keys[this.#matched]) {
      passed.push(...this.#giveBack());
    }
    if (typed.key !== "Passing" && typed.key !== this.#keys[this.#matched]) return [...passed, typed];
    this.#held = [...this.#held, typed];
    return passed;
  }

  get #matched(): number {
    return this.#held.filter(isPress).length;
  }

  /** The held keys that can no longer be the beginning of the detach keys: no more than necessary. */
  #giveBack(): readonly TypedKey[] {
    for (let cut = 1; cut <= this.#held.length; cut += 1) {
      const rest = this.#held.slice(cut);
      const presses = rest.filter(isPress);
      const isBeginning = rest[0] === presses[0] && presses.every(({ key }, index) => key === this.#keys[index]);
      if (!isBeginning) continue;
      const given = this.#held.slice(0, cut);
      this.#held = rest;
      return given;
    }
    return [];
  }
}

const isPress = ({ key }: TypedKey) => key !== "Passing";

const bytesOf = (keys: readonly TypedKey[]) => Uint8Array.from(keys.flatMap(({ bytes }) => bytes));
