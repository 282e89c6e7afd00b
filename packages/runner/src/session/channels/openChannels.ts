import { FrameError, type readClientMessage } from "@clauderon/protocol";
import type { Channel, FrameSink } from "./channel.ts";
import { commandIn } from "./command.ts";
import { ExecChannel } from "./execChannel.ts";
import { GitChannel } from "./gitChannel.ts";
import type { SessionHost } from "../sessionHost.ts";
import { StderrChannel } from "./stderrChannel.ts";
import { Viewer } from "../terminal/viewer.ts";

type Opening = Extract<ReturnType<typeof readClientMessage>, { readonly type: "attach" | "git" | "exec" }>;

/** The channels that a message opens, each by its number; they begin when they are made, in this order. */
export function openChannels(
  channel: number,
  message: Opening,
  { host, sink }: { readonly host: SessionHost; readonly sink: FrameSink },
): ReadonlyMap<number, () => Channel> {
  if (message.type === "attach") return new Map([[channel, () => new Viewer(channel, message, host.hub, sink)]]);
  if (message.type === "git") {
    const serve = () => host.workspace.serve(message.service);
    return new Map([[channel, () => tracked(host, new GitChannel({ channel, sink, clock: host.clock, serve }))]]);
  }
  return openExec(channel, message, { host, sink });
}

function openExec(
  channel: number,
  { argv, terminal, stderrChannel }: Extract<Opening, { readonly type: "exec" }>,
  { host, sink }: { readonly host: SessionHost; readonly sink: FrameSink },
): ReadonlyMap<number, () => Channel> {
  if (stderrChannel === channel) throw new FrameError(`Channel ${channel} is in use`);
  const stderr =
    terminal === undefined && stderrChannel !== undefined ? new StderrChannel(stderrChannel, sink) : undefined;
  const options = { channel, sink, terminal, stderr, command: () => commandIn(host.commands, argv), log: host.log };
  const exec = () => tracked(host, new ExecChannel(options));
  return new Map<number, () => Channel>([
    ...(stderr === undefined ? [] : [[stderr.channel, () => stderr] as const]),
    [channel, exec],
  ]);
}

/** The runner's end waits for what the channel started. */
function tracked<T extends Channel & { readonly ended: Promise<void> }>(host: SessionHost, channel: T): T {
  host.await(channel.ended);
  return channel;
}
