import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { isFaultCode, printedFault } from "../daemon/model/apiFault.ts";
import { type ChannelHandler, SessionStream } from "./sessionStream.ts";
import type { StreamChannel } from "./streamChannel.ts";

export interface ExecRequest {
  readonly name: string;
  readonly argv: readonly string[];
  /** False never gives the command a terminal. */
  readonly tty: boolean;
}

/** Runs a command in a session, joined to the standard streams of this process, and takes its exit code over. */
export async function execCommand({ name, argv, tty }: ExecRequest, context: CommandContext): Promise<void> {
  const isTerminal = tty && context.terminals.stdin && context.terminals.stdout;
  const signal = context.takeSignals();
  const client = await connectDaemon(context.config);
  const stream = new SessionStream(await client.stream(name, signal));
  const running = isTerminal ? runInTerminal([...argv], stream, context) : runPlain([...argv], stream);
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  try {
    context.setExitCode(await Promise.race([running, stopped, lost(name, stream)]));
  } finally {
    process.stdin.pause();
    stream.end();
  }
}

async function lost(name: string, stream: SessionStream): Promise<never> {
  const reason = await stream.closed;
  throw new Fault(
    "SESSION_NOT_RUNNING",
    `Lost the connection to session "${name}"${reason === undefined ? "" : `: ${reason}`}`,
    {
      hint: "The command in the session was stopped too",
    },
  );
}

/** Settles with the exit code, once all output is written. */
function outcome(
  open: (handler: ChannelHandler) => StreamChannel,
  write: ChannelHandler["bytes"],
): { readonly channel: StreamChannel; readonly exitCode: Promise<number> } {
  let exitCode: number | undefined;
  let channel: StreamChannel | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    channel = open({
      control: (message) => {
        if (message.type === "exit") exitCode = message.exitCode;
        else if (message.type === "error") reject(runnerFault(message));
      },
      bytes: write,
      close: (reason) => {
        if (exitCode !== undefined) resolve(exitCode);
        else reject(new Fault("SESSION_NOT_RUNNING", reason ?? "The command did not run"));
      },
    });
  });
  return { channel: channel as unknown as StreamChannel, exitCode: ended };
}

/** What a runner refuses with is told as it tells it. */
function runnerFault({ code, message }: { readonly code: string; readonly message: string }): Fault {
  return printedFault(message) ?? new Fault(isFaultCode(code) ? code : "AGENT_UNAVAILABLE", message);
}

async function runPlain(argv: string[], stream: SessionStream): Promise<number> {
  const errors = stream.openBeside({ bytes: (piece, dealtWith) => void process.stderr.write(piece.bytes, dealtWith) });
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, stderrChannel: errors.number }, handler),
    (piece, dealtWith) => void process.stdout.write(piece.bytes, dealtWith),
  );
  void sendInput(channel);
  return exitCode;
}

/** Standard input to its end, no faster than the command reads. */
async function sendInput(channel: StreamChannel): Promise<void> {
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    channel.write(chunk);
    await channel.sent();
  }
  channel.end();
}

async function runInTerminal(argv: string[], stream: SessionStream, { atExit }: CommandContext): Promise<number> {
  const { stdin, stdout } = process;
  const size = () => ({ cols: Math.min(stdout.columns, 500), rows: Math.min(stdout.rows, 500) });
  const restore = () => void stdin.setRawMode(false);
  atExit(restore);
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, terminal: size() }, handler),
    (piece, dealtWith) => void stdout.write(piece.bytes, dealtWith),
  );
  stdin.setRawMode(true);
  stdin.on("data", (bytes: Buffer) => channel.write(bytes));
  const resize = () => channel.tell({ type: "resize", ...size() });
  stdout.on("resize", resize);
  return exitCode.finally(() => {
    stdout.off("resize", resize);
    restore();
  });
}
