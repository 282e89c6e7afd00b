import { readSync, writeSync } from "node:fs";
import { content, dataLength, HEADER_LENGTH, lines } from "./model/packets.ts";
import { isPointer, MAX_POINTER_BYTES } from "./model/isPointer.ts";

const [INPUT, OUTPUT, ERRORS] = [0, 1, 2];

/**
 * A git filter (gitattributes(5), "Long Running Filter Process") that replaces Git LFS where the content of pointers
 * cannot be stored. Pointers stay pointers. It refuses any other content, because a commit would put that content into
 * the history instead of its pointer.
 */
export function pointerFilter(): void {
  readLines();
  write(lines("git-filter-server", "version=2"));
  readLines();
  write(lines("capability=clean", "capability=smudge"));
  for (let request = readLines(); request !== undefined; request = readLines()) {
    const isClean = request.includes("command=clean");
    // git writes the whole file before it reads the answer.
    const bytes = readContent(isClean ? MAX_POINTER_BYTES : Number.POSITIVE_INFINITY);
    if (bytes !== undefined && (!isClean || isPointer(bytes.toString()))) {
      write([...lines("status=success"), ...content(bytes), ...lines()]);
    } else {
      write(lines("status=error"));
      const name = request.find((line) => line.startsWith("pathname="))?.slice("pathname=".length) ?? "";
      writeSync(ERRORS, refusal(name));
    }
  }
}

const refusal = (name: string) =>
  `clauderon: ${JSON.stringify(name)} belongs to Git LFS, which cannot work in this session. It is not committed. ` +
  "Leave it uncommitted: clauderon brings it to the user as it is\n";

/** The lines up to the end of a list; undefined if git has ended. */
function readLines(): readonly string[] | undefined {
  const found: string[] = [];
  for (;;) {
    const packet = readPacket();
    if (packet === undefined) return undefined;
    if (packet.length === 0) return found;
    found.push(packet.toString().replace(/\n$/, ""));
  }
}

/** The content up to its end; undefined if it is longer than that. */
function readContent(maxBytes: number): Buffer | undefined {
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    const packet = readPacket();
    if (packet === undefined || packet.length === 0) break;
    size += packet.length;
    if (size <= maxBytes) parts.push(packet);
  }
  return size <= maxBytes ? Buffer.concat(parts) : undefined;
}

/** The next packet, empty at the end of a list; undefined if git has ended. */
function readPacket(): Buffer | undefined {
  const header = readExactly(HEADER_LENGTH);
  return header === undefined ? undefined : readExactly(dataLength(header.toString("latin1")));
}

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(INPUT, bytes, at, length - at, null);
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

function write(parts: readonly Uint8Array[]): void {
  const bytes = Buffer.concat(parts);
  for (let at = 0; at < bytes.length; ) at += writeSync(OUTPUT, bytes, at);
}
