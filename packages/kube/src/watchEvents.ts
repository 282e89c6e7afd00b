import { Fault, type KubeObject } from "@clauderon/base";
import { ApiError } from "./apiError.ts";
import type { WatchEvent } from "./kubeClient.ts";

const NEWLINE = 10;

/**
 * Lines of a byte stream, split as bytes, so that a character split over two chunks stays whole. Empty lines are left
 * out.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...begun, chunk.subarray(start, end)]);
      begun = [];
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

/** One line of a watch. Throws the error of an ERROR event, and a Fault when the line was truncated. */
export function parseEvent<T extends KubeObject>(line: Buffer): WatchEvent<T> {
  let event: { readonly type: string; readonly object: unknown };
  try {
    event = JSON.parse(line.toString("utf8")) as typeof event;
  } catch (cause) {
    throw new Fault("CLUSTER_UNAVAILABLE", "A watch was cut in the middle of an event", { cause });
  }
  if (event.type === "ERROR") throw ApiError.ofStatus(event.object as ConstructorParameters<typeof ApiError>[1]);
  return event as WatchEvent<T>;
}
