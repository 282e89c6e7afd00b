import type { Duplex, Readable, Writable } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import { FrameError, refusedFault, tooManyBytes } from "@clauderon/protocol/wire";
import { StreamClient, type StreamEnd } from "@clauderon/stream";

export interface GitChannelOptions {
  readonly session: string;
  readonly service: "upload-pack" | "receive-pack";
  readonly maxBytes: number;
}

export interface GitStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Carries a local git's input and output to the git of a session and back, over frames, until the session's side ends.
 * Faults: the error that the session's side reports, a lost connection, more bytes than `maxBytes`.
 */
export async function carryGit(duplex: Duplex, { input, output }: GitStreams, options: GitChannelOptions) {
  const { session, service, maxBytes } = options;
  const ended = Promise.withResolvers<void>();
  let received = 0;
  // The local git has everything it wanted, or has printed what failed: how the other side reacts no longer matters.
  let isLeaving = false;
  const fail = (thrown: unknown) => (isLeaving ? ended.resolve() : ended.reject(thrown));
  const stream = new StreamClient(duplex);
  const channel = stream.open(
    { type: "git", service },
    {
      control: (message) => {
        if (message.type === "error") fail(refusedFault(message, "REPOSITORY_UNAVAILABLE"));
      },
      bytes: ({ bytes }, consumed) => {
        received += bytes.length;
        if (received > maxBytes) throw tooMuch(options);
        output.write(bytes, consumed);
      },
      close: (reason) => {
        if (reason === undefined) ended.resolve();
        else fail(refusedFault(reason, "REPOSITORY_UNAVAILABLE"));
      },
    },
  );
  void stream.closed.then((end) => fail(endFault(session, end)));
  output.on("error", fail); // The local git has ended, and has printed why.
  const sent = channel.carry(input).then(() => {
    isLeaving = service === "upload-pack";
    return channel.end();
  });
  sent.catch(fail);
  try {
    await ended.promise;
    await new Promise<void>((resolve) => output.end(resolve));
  } finally {
    input.destroy();
    stream.destroy();
  }
}

function endFault(session: string, { refusal, cause }: StreamEnd): Fault {
  if (refusal !== undefined) return refusedFault(refusal, "REPOSITORY_UNAVAILABLE");
  if (cause instanceof Fault) return cause;
  if (cause instanceof FrameError) return new Fault("AGENT_UNAVAILABLE", `session "${session}": ${cause.message}`);
  return new Fault("AGENT_UNAVAILABLE", `The connection to session "${session}" was cut`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "Nothing was changed. Try again",
  });
}

function tooMuch({ session, maxBytes }: GitChannelOptions): Fault {
  return new Fault("REPOSITORY_UNAVAILABLE", tooManyBytes(session, maxBytes), {
    hint: "Find out what makes it so large. A git fetch by hand has no limit",
  });
}
