import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { moveAside } from "./obstacle.ts";

export interface ReplaceOptions {
  /** Whether the content must outlive a power cut from the moment that this returns. */
  readonly durable?: boolean;
}

/**
 * Writes a file that only its owner can read, as a whole or not at all, in a folder that an agent can write: a link of that
 * name is replaced and not followed, and a folder moves aside. Throws what the file system says, such as ENOSPC.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  { durable = false }: ReplaceOptions = {},
): void {
  const written = `${path}.${randomBytes(4).toString("hex")}.new`;
  try {
    write(written, Buffer.from(content), durable);
    rename(written, path);
  } catch (thrown) {
    rmSync(written, { force: true });
    throw thrown;
  }
  if (durable) syncFolder(dirname(path));
}

function write(path: string, bytes: Uint8Array, durable: boolean): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!["EISDIR", "ENOTEMPTY", "EEXIST"].includes((thrown as NodeJS.ErrnoException).code ?? "")) throw thrown;
    moveAside(to);
    renameSync(from, to);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
