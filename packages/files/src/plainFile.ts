import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * Opens a file in a folder that an agent can write, where any name can be a link, a folder, a named pipe, a socket or a
 * device. Returns its descriptor, or undefined when there is no regular file of that name; it follows no link in the last
 * part of the path, and never waits for another program. `flags` are those of open(2), such as `O_RDWR | O_APPEND`.
 */
export function openPlainFile(path: string | Buffer, flags: number = constants.O_RDONLY): number | undefined {
  let file: number;
  try {
    file = openSync(path, flags | constants.O_NONBLOCK | constants.O_NOFOLLOW, 0o600);
  } catch (thrown) {
    if (NO_PLAIN_FILE.has((thrown as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw thrown;
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  return undefined;
}

/**
 * Missing; a link; a socket, or a pipe without a reader; a folder; a device that does not exist; a path below something
 * that is not a folder.
 */
const NO_PLAIN_FILE = new Set(["ENOENT", "ELOOP", "ENXIO", "EISDIR", "ENODEV", "ENOTDIR", "EACCES"]);

/** The bytes of a regular file; undefined when there is none, or when it is longer than `maxBytes`. Never waits. */
export function readPlainFile(path: string | Buffer, maxBytes: number): Buffer | undefined {
  return read(path, (size) => (size > maxBytes ? undefined : { at: 0, length: size }));
}

/** The last `maxBytes` of a regular file; undefined when there is none. Never waits. */
export function readPlainFileEnd(path: string, maxBytes: number): Buffer | undefined {
  return read(path, (size) => ({ at: Math.max(0, size - maxBytes), length: Math.min(size, maxBytes) }));
}

type Part = { readonly at: number; readonly length: number };

function read(path: string | Buffer, partOf: (size: number) => Part | undefined): Buffer | undefined {
  const file = openPlainFile(path);
  if (file === undefined) return undefined;
  try {
    const part = partOf(fstatSync(file).size);
    if (part === undefined) return undefined;
    const bytes = Buffer.alloc(part.length);
    let size = 0;
    // The file may be cut short meanwhile.
    for (let count = 1; count > 0 && size < part.length; size += count) {
      count = readSync(file, bytes, size, part.length - size, part.at + size);
    }
    return bytes.subarray(0, size);
  } finally {
    closeSync(file);
  }
}
