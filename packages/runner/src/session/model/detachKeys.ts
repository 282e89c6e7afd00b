const [CTRL_P, CTRL_Q] = [0x10, 0x11];

/** Finds ctrl-p ctrl-q in what is typed. A ctrl-p is held until the next key decides; what follows the two is dropped. */
export class DetachKeys {
  #isHeld = false;

  push(chunk: Uint8Array): { readonly bytes: Uint8Array; readonly detach: boolean } {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (this.#isHeld && byte === CTRL_Q) return { bytes: Uint8Array.from(passed), detach: true };
      if (this.#isHeld) passed.push(CTRL_P);
      this.#isHeld = byte === CTRL_P;
      if (!this.#isHeld) passed.push(byte);
    }
    return { bytes: Uint8Array.from(passed), detach: false };
  }
}
