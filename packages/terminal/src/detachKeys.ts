import { Fault } from "@clauderon/base/fault";

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
 * Finds the detach keys in typed bytes. Bytes that may be their beginning are held until the next one decides; all
 * others pass at once. Bytes after the keys are dropped.
 */
export class DetachMatcher {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  push(chunk: Uint8Array): Typed {
    const passed: number[] = [];
    for (const byte of chunk) {
      while (this.#matched > 0 && byte !== this.#keys[this.#matched]) passed.push(...this.#giveBack());
      if (byte === this.#keys[this.#matched]) this.#matched += 1;
      else passed.push(byte);
      if (this.#matched === this.#keys.length) return { bytes: Uint8Array.from(passed), detach: true };
    }
    return { bytes: passed.length === chunk.length ? chunk : Uint8Array.from(passed), detach: false };
  }

  /** The held bytes that can no longer be the beginning of the keys: no more than necessary. */
  #giveBack(): readonly number[] {
    const held = this.#keys.subarray(0, this.#matched);
    let cut = 1;
    while (cut < held.length && !held.subarray(cut).every((byte, index) => byte === this.#keys[index])) cut += 1;
    this.#matched = held.length - cut;
    return [...held.subarray(0, cut)];
  }
}
