import type { Readable } from "node:stream";

/** A line without its newline, or the size of a line that was too long to keep. */
export type Line = { readonly text: string } | { readonly leftOutBytes: number };

/**
 * The lines of a stream. Of a line longer than `maxBytes`, only the size is kept. Reads only as fast as its consumer, so
 * a flood waits in the pipe and not in memory. A destroyed stream just ends.
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
    // Copied, so that a short remainder does not keep the whole chunk in memory.
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
