import { Fault } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { ScreenGuard, TerminalFilter } from "@clauderon/terminal";
import { StreamClient } from "@clauderon/stream";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { adviceFor } from "../sessions/model/describeSession.ts";
import { keptOutput } from "./keptOutput.ts";
import { plainText } from "./model/plainText.ts";
import { ViewPosition } from "./model/viewPosition.ts";
import { streamOrSession } from "./streamOrSession.ts";

export interface LogsRequest {
  readonly name: string;
  readonly follow: boolean;
}

/** A watcher does not decide the size. */
const SIZE = { cols: 80, rows: 24 };

/**
 * Prints a session's terminal output from the oldest byte that is kept up to now, and with `follow` what comes after
 * it.
 */
export async function logsCommand({ name, follow }: LogsRequest, context: CommandContext): Promise<void> {
  const signal = context.takeSignals();
  const client = await connectDaemon(context.config);
  const stream = await streamOrSession(client, name, signal);
  if (!(stream instanceof StreamClient)) return printKept(stream, { context, signal });
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const printer = new Printer(context);
  const end = follow ? Number.POSITIVE_INFINITY : await currentEnd(stream);
  const printed = printUpTo(end, stream, { printer, cutOff: () => noteCutOff(name, context) });
  await Promise.race([printed, stopped, stream.closed]);
  stream.close();
  await printer.finish();
  signal.throwIfAborted();
}

/** Prints what a session without a runner has left on this machine. */
async function printKept(session: Session, { context, signal }: Printing): Promise<void> {
  const { name, status } = session;
  const kept = keptOutput(context.config.home, name);
  if (kept === undefined) {
    throw new Fault(
      "SESSION_NOT_RUNNING",
      `Session "${name}" is ${status.phase}, and its output is not stored on this machine`,
      {
        hint: [`Run \`clauderon show ${name}\` to see its state`, ...adviceFor(session)].join(". "),
      },
    );
  }
  const printer = new Printer(context);
  if (kept.start > 0) noteCutOff(name, context);
  for await (const bytes of kept.bytes()) {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => printer.print(bytes, resolve));
  }
  await printer.finish();
  context.note(`Session "${name}" is ${status.phase}. This is its output until then`);
}

interface Printing {
  readonly context: CommandContext;
  readonly signal: AbortSignal;
}

function noteCutOff(name: string, context: CommandContext): void {
  context.note(`The oldest output of ${name} is no longer kept`);
}

/** The current offset of the screen. */
function currentEnd(stream: StreamClient): Promise<number> {
  return new Promise((resolve) => {
    const view = stream.open(
      { type: "attach", ...SIZE, mode: "watch" },
      {
        bytes: (piece, consumed) => {
          consumed();
          if (piece.type !== "snapshot") return;
          view.close();
          resolve(piece.offset);
        },
      },
    );
  });
}

interface Output {
  readonly printer: Printer;
  /** Called when the oldest byte that is kept is not the session's first. */
  cutOff(this: void): void;
}

function printUpTo(end: number, stream: StreamClient, { printer, cutOff }: Output): Promise<void> {
  const position = new ViewPosition();
  return new Promise((resolve) => {
    stream.open(
      { type: "attach", ...SIZE, mode: "watch", offset: 0 },
      {
        bytes: (piece, consumed) => {
          if (piece.type === "data") return;
          if (piece.type === "snapshot" && position.next === undefined) cutOff();
          printer.print(position.take(piece), consumed);
          if ((position.next ?? 0) >= end) resolve();
        },
      },
    );
    if (end === 0) resolve();
  });
}

/** On a terminal, prints all that is safe there; elsewhere, prints plain text. */
class Printer {
  readonly #isTerminal: boolean;
  readonly #filter = new TerminalFilter();
  readonly #guard = new ScreenGuard();
  readonly #decoder = new TextDecoder();

  constructor({ terminals, atExit }: CommandContext) {
    this.#isTerminal = terminals.stdout;
    if (this.#isTerminal) atExit(() => process.stdout.write(this.#guard.leave()));
  }

  print(bytes: Uint8Array, printed: () => void): void {
    const safe = this.#filter.push(bytes);
    if (this.#isTerminal) process.stdout.write(this.#guard.push(safe), printed);
    else process.stdout.write(plainText(this.#decoder.decode(safe, { stream: true })), printed);
  }

  finish(): Promise<void> {
    return new Promise((resolve) => void process.stdout.write("", () => resolve()));
  }
}
