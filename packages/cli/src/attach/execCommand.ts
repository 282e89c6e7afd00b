import { MAX_TERMINAL_SIZE } from "@clauderon/protocol/wire";
import { StreamClient } from "@clauderon/stream";
import { TerminalFilter } from "@clauderon/terminal";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { lost, outcome } from "./execOutcome.ts";

export interface ExecRequest {
  readonly name: string;
  readonly argv: readonly string[];
  /**
   * True gives the command this terminal unfiltered, false gives it no terminal. Undefined gives it this terminal,
   * filtered, if there is one.
   */
  readonly tty: boolean | undefined;
}

/** Runs a command in a session with the standard streams of this process, and exits with its exit code. */
export async function execCommand({ name, argv, tty }: ExecRequest, context: CommandContext): Promise<void> {
  const { terminals } = context;
  const isTerminal = tty !== false && terminals.stdin && terminals.stdout;
  const shown = (isShown: boolean) => (isShown && tty !== true ? new TerminalFilter() : undefined);
  const signal = context.takeSignals();
  const client = await connectDaemon(context.config);
  const stream = new StreamClient(await client.stream(name, signal));
  const running = isTerminal
    ? runInTerminal([...argv], stream, { context, filter: shown(true) })
    : runPlain([...argv], stream, { stdout: shown(terminals.stdout), stderr: shown(terminals.stderr) });
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

/** What keeps each output from acting beyond the screen; undefined for an output that is not a terminal. */
interface Filters {
  readonly stdout: TerminalFilter | undefined;
  readonly stderr: TerminalFilter | undefined;
}

async function runPlain(argv: string[], stream: StreamClient, { stdout, stderr }: Filters): Promise<number> {
  const errors = stream.openBeside({
    bytes: (piece, consumed) => void process.stderr.write(stderr?.push(piece.bytes) ?? piece.bytes, consumed),
  });
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, stderrChannel: errors.number }, handler),
    (piece, consumed) => void process.stdout.write(stdout?.push(piece.bytes) ?? piece.bytes, consumed),
  );
  void channel.carry(process.stdin).then(
    () => channel.end(),
    () => channel.end(),
  );
  return exitCode;
}

interface Shown {
  readonly context: CommandContext;
  readonly filter: TerminalFilter | undefined;
}

async function runInTerminal(argv: string[], stream: StreamClient, { context, filter }: Shown): Promise<number> {
  const { stdin, stdout } = process;
  const size = () => ({
    cols: Math.min(stdout.columns, MAX_TERMINAL_SIZE),
    rows: Math.min(stdout.rows, MAX_TERMINAL_SIZE),
  });
  const restore = () => void stdin.setRawMode(false);
  context.atExit(restore);
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv, terminal: size() }, handler),
    (piece, consumed) => void stdout.write(filter?.push(piece.bytes) ?? piece.bytes, consumed),
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
