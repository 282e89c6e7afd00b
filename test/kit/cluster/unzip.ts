import { createInflateRaw } from "node:zlib";
import { createWriteStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

/** Writes one deflated file of a zip archive to a path. Enough of zip for archives under 4 GiB without comment. */
export async function unzipFile(archive: string, name: string, to: string): Promise<void> {
  await using file = await open(archive);
  const entry = (await entries(file)).find((candidate) => candidate.name === name);
  if (entry === undefined || entry.method !== DEFLATED) throw new Error(`${archive} holds no deflated ${name}`);
  const header = await bytes(file, entry.headerOffset, 30);
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const compressed = file.createReadStream({ start, end: start + entry.compressedSize - 1, autoClose: false });
  await pipeline(compressed, createInflateRaw(), createWriteStream(to, { mode: 0o755 }));
}

async function entries(file: FileHandle): Promise<readonly Entry[]> {
  const { size } = await file.stat();
  const end = await bytes(file, size - 22, 22);
  if (end.readUInt32LE(0) !== END_OF_DIRECTORY) throw new Error("Not a zip archive, or one with a comment");
  const directory = await bytes(file, end.readUInt32LE(16), end.readUInt32LE(12));
  const found: Entry[] = [];
  for (let at = 0; at < directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    found.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return found;
}

async function bytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await file.read({ buffer: Buffer.alloc(length), position, length });
  return buffer;
}
