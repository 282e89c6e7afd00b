import { Fault, messageOf } from "@clauderon/base/fault";
import { refusedFault, type ToldMessage } from "@clauderon/protocol/wire";
import type { Channel, ChannelListener, StreamClient } from "@clauderon/stream";

/** Rejects when the connection to the session is lost. */
export async function lost(name: string, stream: StreamClient): Promise<never> {
  const { refusal, cause } = await stream.closed;
  const why = refusal?.message ?? (cause === undefined ? "" : messageOf(cause));
  throw new Fault(
    "SESSION_NOT_RUNNING",
    [`Lost the connection to session "${name}"`, ...(why === "" ? [] : [why])].join(": "),
    {
      hint: "The command in the session was stopped too",
    },
  );
}

type Listener = ChannelListener<ToldMessage>;

/** Settles with the exit code, once all output is written. */
export function outcome(
  open: (handler: Listener) => Channel,
  write: NonNullable<Listener["bytes"]>,
): { readonly channel: Channel; readonly exitCode: Promise<number> } {
  let exitCode: number | undefined;
  let channel: Channel | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    channel = open({
      control: (message) => {
        if (message.type === "exit") exitCode = message.exitCode;
        else if (message.type === "error") reject(refusedFault(message, "AGENT_UNAVAILABLE"));
      },
      bytes: write,
      close: (reason) => {
        if (exitCode !== undefined) resolve(exitCode);
        else if (reason !== undefined) reject(refusedFault(reason, "SESSION_NOT_RUNNING"));
        else reject(new Fault("SESSION_NOT_RUNNING", "The command did not run"));
      },
    });
  });
  return { channel: channel as unknown as Channel, exitCode: ended };
}
