import type { Readable } from "node:stream";

/**
 * Calls `onStall` when no byte of a body came for this long although the proxy was reading. While the server reads
 * nothing, the client is not to blame. Ends with the body. The body must have its reader by then, because it flows now.
 */
export function watchBody(body: Readable, pauseMs: number, onStall: () => void): void {
  let bytes = 0;
  let seen = 0;
  const timer = setInterval(() => {
    const isStalled = bytes === seen && body.readableFlowing === true;
    seen = bytes;
    if (!isStalled) return;
    clearInterval(timer);
    onStall();
  }, pauseMs).unref();
  for (const event of ["end", "close", "error"]) body.once(event, () => clearInterval(timer));
  body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
}

/** The whole body; undefined when it is longer than `maxBytes`, and then the rest is not read. */
export function readBody(body: Readable, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        body.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    body.once("end", () => resolve(Buffer.concat(chunks)));
    body.once("error", reject);
    body.once("close", () => reject(new Error("The body was cut")));
  });
}
