import { Fault, messageOf } from "@clauderon/base/fault";
import { MAX_TERMINAL_SIZE, refusedFault, type ToldMessage } from "@clauderon/protocol/wire";
import { type Channel, type ChannelListener, StreamClient } from "@clauderon/stream";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";

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
  const stream = new StreamClient(await client.stream(name, signal));
  const running = isTerminal ? runInTerminal([...argv], stream, context) : runPlain([...argv], stream);
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  try {
    context.setExitCode(await Promise.race([running, stopped, lost(name, stream)]));
  } finally {
    process.stdin.pause();
    stream.close();
  }
}

async function lost(name: string, stream: StreamClient): Promise<never> {
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
function outcome(
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

async function runPlain(argv: string[], stream: StreamClient): Promise<number> {
  const errors = stream.openBeside({ bytes: (piece, consumed) => void process.stderr.write(piece.bytes, consumed) });
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, stderrChannel: errors.number }, handler),
    (piece, consumed) => void process.stdout.write(piece.bytes, consumed),
  );
  void channel.carry(process.stdin).then(
    () => channel.end(),
    () => channel.end(),
  );
  return exitCode;
}

async function runInTerminal(argv: string[], stream: StreamClient, { atExit }: CommandContext): Promise<number> {
  const { stdin, stdout } = process;
  const size = () => ({
    cols: Math.min(stdout.columns, MAX_TERMINAL_SIZE),
    rows: Math.min(stdout.rows, MAX_TERMINAL_SIZE),
  });
  const restore = () => void stdin.setRawMode(false);
  atExit(restore);
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, terminal: size() }, handler),
    (piece, consumed) => void stdout.write(piece.bytes, consumed),
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
