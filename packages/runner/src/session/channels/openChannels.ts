import { FrameError, type ClientControl } from "@clauderon/protocol";
import type { StreamConnection } from "@clauderon/stream";
import type { SessionHost } from "../sessionHost.ts";
import { Viewer } from "../terminal/viewer.ts";
import { commandIn } from "./command.ts";
import { ExecProgram } from "./execProgram.ts";
import { GitProgram } from "./gitProgram.ts";
import { type ChannelProgram, ProgramChannel } from "./programChannel.ts";

type Opening = Extract<ClientControl, { readonly type: "attach" | "git" | "exec" }>;

/** Opens what a message asks for on a channel; a FrameError when its number is in use, or too many are open. */
export function openChannels(
  connection: StreamConnection<ClientControl>,
  number: number,
  message: Opening,
  host: SessionHost,
): void {
  if (message.type === "attach") {
    connection.open(number, (channel) => new Viewer(channel, message, host.hub));
    return;
  }
  const program =
    message.type === "git"
      ? new GitProgram(() => host.workspace.serve(message.service), host.clock)
      : execProgram(connection, number, message, host);
  connection.open(number, (channel) => {
    const joined = new ProgramChannel(channel, program, host.log);
    // The runner's end waits for what the channel started.
    host.await(joined.ended);
    return joined;
  });
}

function execProgram(
  connection: StreamConnection<ClientControl>,
  number: number,
  { argv, terminal, stderrChannel }: Extract<Opening, { readonly type: "exec" }>,
  host: SessionHost,
): ChannelProgram {
  if (stderrChannel === number) throw new FrameError(`Channel ${number} is in use`);
  // Nobody can type into an output: frames that arrive on this channel are dropped.
  const stderr =
    terminal === undefined && stderrChannel !== undefined ? connection.open(stderrChannel, () => ({})) : undefined;
  return new ExecProgram({ terminal, stderr, command: () => commandIn(host.commands, argv), log: host.log });
}
