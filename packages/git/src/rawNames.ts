/**
 * The name of a file as git stores it. Names are bytes: each character stands for one byte, so that a name in any
 * encoding can be stored, compared and split. Use `textOf` for people, `bytesOf` for programs and `pathBytes` for the
 * file system. A RawName is wrong as a path or an argument.
 */
export type RawName = string & { readonly isRaw: true };

/** The names that git printed with `-z`. */
export function rawNames(printed: Buffer): readonly RawName[] {
  return printed
    .toString("latin1")
    .split("\0")
    .filter((name) => name !== "") as RawName[];
}

/** The name for people. Bytes that are not UTF-8 become U+FFFD. */
export const textOf = (name: string): string => Buffer.from(name, "latin1").toString();

/** A text as a raw name. */
export const rawOf = (text: string): string => Buffer.from(text).toString("latin1");

/** Whether the text of a raw name is the same name. */
export const isText = (name: string): boolean => rawOf(textOf(name)) === name;

/** A raw path for the file system. */
export const pathBytes = (path: string): Buffer => Buffer.from(path, "latin1");

/** The input of a git with `-z --stdin`. */
export const bytesOf = (names: readonly RawName[]): Buffer =>
  Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
