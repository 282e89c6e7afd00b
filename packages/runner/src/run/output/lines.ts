import type { Readable } from "node:stream";

/** One line without its newline, or the size of one that was too long to be kept. */
export type Line = { readonly text: string } | { readonly leftOutBytes: number };

/**
 * The lines of a stream, bounded: of a line longer than `maxBytes` nothing is kept but its size. Reads no further than
 * its consumer has come, so a flood waits in the pipe and not in memory. A stream that is destroyed just ends.
 */
export async function* readLines(stream: Readable, maxBytes: number): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const add = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxBytes) pieces = [];
    else if (piece.length > 0) pieces.push(piece);
  };
  const take = (): Line => {
    const line = bytes > maxBytes ? { leftOutBytes: bytes } : { text: Buffer.concat(pieces).toString("utf8") };
    pieces = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of untilDestroyed(stream)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    // Copied, so that a short rest does not keep the whole chunk alive.
    add(Buffer.from(chunk.subarray(from)));
  }
  if (bytes > 0) yield take();
}

async function* untilDestroyed(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw thrown;
  }
}
