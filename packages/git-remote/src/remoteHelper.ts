import type { Readable, Writable } from "node:stream";
import type { RemoteConfig } from "./config.ts";
import { carryGit } from "./carryGit.ts";
import { sessionOfUrl } from "./model/sessionUrl.ts";
import { openStream } from "./openStream.ts";

const SERVICE = /^connect git-(upload-pack|receive-pack)$/;
const LINE_FEED = 10;

export interface RemoteStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Acts as git's remote helper: lists its capabilities, and once git asks it to connect, joins git to the git of the
 * session that the URL names. See gitremote-helpers(7).
 */
export async function runRemoteHelper(url: string, streams: RemoteStreams, config: RemoteConfig): Promise<void> {
  const session = sessionOfUrl(url);
  for (;;) {
    const line = await readLine(streams.input);
    if (line === undefined || line === "") return;
    const service = SERVICE.exec(line)?.[1];
    if (line === "capabilities") streams.output.write("connect\n\n");
    else if (service === undefined) streams.output.write("fallback\n");
    else {
      const stream = await openStream(config.socket, session);
      streams.output.write("\n");
      const options = { session, service: service as "upload-pack" | "receive-pack", maxBytes: config.maxBytes };
      return await carryGit(stream, streams, options);
    }
  }
}

/** The next line that git sends; the bytes after it stay in the stream. Undefined at the end. */
async function readLine(input: Readable): Promise<string | undefined> {
  const held: Buffer[] = [];
  for (;;) {
    const chunk = input.read() as Buffer | null;
    const at = chunk?.indexOf(LINE_FEED) ?? -1;
    if (chunk !== null && at < 0) held.push(chunk);
    else if (chunk !== null) {
      if (at + 1 < chunk.length) input.unshift(chunk.subarray(at + 1));
      return Buffer.concat([...held, chunk.subarray(0, at)]).toString();
    } else if (input.readableEnded || !(await moreOf(input))) return undefined;
  }
}

/** Waits for more input; false at the end. */
function moreOf(input: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    const onReadable = () => done(true);
    const onEnd = () => done(false);
    const done = (isMore: boolean) => {
      input.off("readable", onReadable).off("end", onEnd);
      resolve(isMore);
    };
    input.on("readable", onReadable).on("end", onEnd);
  });
}
