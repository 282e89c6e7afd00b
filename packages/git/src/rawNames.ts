/**
 * The name of a file as git has it. Names are bytes: each character stands for one, so that a name of any encoding is kept,
 * compared and split as it is. `textOf` is for people, `bytesOf` for programs; as a path or an argument it is wrong.
 */
export type RawName = string & { readonly isRaw: true };

/** The names that git printed with `-z`. */
export function rawNames(printed: Buffer): readonly RawName[] {
  return printed
    .toString("latin1")
    .split("\0")
    .filter((name) => name !== "") as RawName[];
}

/** What a person reads; bytes that are not UTF-8 become U+FFFD. */
export const textOf = (name: string): string => Buffer.from(name, "latin1").toString();

/** What a git with `-z --stdin` reads. */
export const bytesOf = (names: readonly RawName[]): Buffer =>
  Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
