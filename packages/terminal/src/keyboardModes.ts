import type { ControlSequence } from "./controlSequence.ts";

/** Every flag of the kitty keyboard protocol. */
const ALL_FLAGS = 31;
/** A terminal forgets the oldest entry of a longer stack. */
const MAX_DEPTH = 16;
/** The resource of xterm that is called modifyOtherKeys, and its highest value. */
const [OTHER_KEYS, MAX_OTHER_KEYS] = [4, 3] as const;

/**
 * How a program wants keys to be reported: the kitty keyboard protocol's flags, a stack for each screen, and xterm's
 * modifyOtherKeys. Terminals that know neither ignore both.
 */
export class KeyboardModes {
  readonly #stacks = { main: [0], other: [0] };
  /** Whether the program shows the other screen. */
  isOnOther = false;
  #otherKeys = 0;

  /** The flags in effect. */
  get flags(): number {
    return this.#stack.at(-1) ?? 0;
  }

  get otherKeys(): number {
    return this.#otherKeys;
  }

  /** Applies a sequence of `setsKeyboard`. */
  take({ marker, parameters, action }: ControlSequence): void {
    const [first = 0, second = 0] = parameters;
    if (action !== "u") this.#otherKeys = action === "m" && second <= MAX_OTHER_KEYS ? second : 0;
    else if (marker === ">") this.#push(first);
    else if (marker === "<") this.#pop(Math.max(first, 1));
    else this.#set(first & ALL_FLAGS, second);
  }

  /** As a terminal that is switched on. */
  reset(): void {
    this.#stacks.main = [0];
    this.#stacks.other = [0];
    this.#otherKeys = 0;
  }

  /** Sequences that give another terminal, which is reset and shows the main screen, the modes of that screen. */
  restoreMain(): string {
    const other = this.isOnOther ? "" : stackText(this.#stacks.other);
    const otherKeys = this.#otherKeys === 0 ? "" : otherKeysText(this.#otherKeys);
    return stackText(this.#stacks.main) + (other === "" ? "" : `\u001b[?47h${other}\u001b[?47l`) + otherKeys;
  }

  /** The same for the other screen, while the terminal shows it. */
  restoreOther(): string {
    return this.isOnOther ? stackText(this.#stacks.other) : "";
  }

  get #stack(): number[] {
    return this.isOnOther ? this.#stacks.other : this.#stacks.main;
  }

  #push(flags: number): void {
    this.#stack.push(flags & ALL_FLAGS);
    if (this.#stack.length > MAX_DEPTH) this.#stack.shift();
  }

  #pop(count: number): void {
    this.#stack.splice(Math.max(this.#stack.length - count, 0));
    if (this.#stack.length === 0) this.#stack.push(0);
  }

  /** Replaces the flags, adds some, or removes some. */
  #set(flags: number, how: number): void {
    const now = this.flags;
    this.#stack[this.#stack.length - 1] = how === 2 ? now | flags : how === 3 ? now & ~flags : flags;
  }
}

/** Whether a sequence says how keys are to be reported. Questions about that are not among them. */
export function setsKeyboard({ marker, parameters, action }: ControlSequence): boolean {
  if (action === "u") return marker === ">" || marker === "<" || marker === "=";
  if (marker !== ">") return false;
  return (action === "m" || action === "n") && parameters[0] === OTHER_KEYS;
}

/** The sequence that sets flags for the screen that a terminal shows. */
export const flagsText = (flags: number): string => `\u001b[=${flags};1u`;

/** The sequence that sets modifyOtherKeys, or gives it back its usual value. */
export const otherKeysText = (value: number): string => (value === 0 ? "\u001b[>4m" : `\u001b[>4;${value}m`);

function stackText([first = 0, ...pushed]: readonly number[]): string {
  return (first === 0 ? "" : flagsText(first)) + pushed.map((flags) => `\u001b[>${flags}u`).join("");
}
