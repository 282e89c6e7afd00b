import type { Socket } from "node:net";
import { Fault } from "@clauderon/base/fault";
import type { ClientMessage } from "@clauderon/protocol";
import {
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  ReceiveCredit,
  RUN_EXIT,
  SendCredit,
} from "@clauderon/protocol/wire";
import { DetachMatcher, parseDetachKeys, ScreenGuard, TerminalFilter } from "@clauderon/terminal";
import { open, socketOf } from "../channels/connect.ts";

/** The only channel of this connection, but for the session's own. */
const CHANNEL = 1;
const MAX_SIZE = 500;

/**
 * Joins this terminal to a session by the runner's socket, without a daemon, until ctrl-p ctrl-q or `stop`; the session
 * goes on. Somebody who types there already is not interrupted: then this one only looks on, and typing rings.
 * AGENT_UNAVAILABLE when the runner hangs up.
 */
export async function attach(folder: string, stop: AbortSignal): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Fault("USAGE", "attach needs a terminal", { hint: "In a pod: kubectl exec -it" });
  }
  const socket = await open(socketOf(folder));
  process.stdin.setRawMode(true);
  // What is on the screen goes up.
  const { rows } = terminalSize();
  process.stdout.write(`\u001b[${rows};1H${"\n".repeat(rows)}\u001b[H`);
  const guard = new ScreenGuard();
  const end = await new JoinedTerminal(socket, guard).show(stop).finally(() => {
    process.stdout.write(guard.leave());
    process.stdin.setRawMode(false);
    process.stdin.destroy();
    socket.destroy();
  });
  if (end === "lost") throw new Fault("AGENT_UNAVAILABLE", "The session's runner closed the connection");
  process.stdout.write("detached; the session keeps running\n");
  return RUN_EXIT.succeeded;
}

class JoinedTerminal {
  readonly #socket: Socket;
  readonly #guard: ScreenGuard;
  readonly #decoder = new FrameDecoder();
  readonly #sendCredit = new SendCredit();
  readonly #received = new ReceiveCredit();
  readonly #keys = new DetachMatcher(parseDetachKeys("ctrl-p,ctrl-q"));
  #filter = new TerminalFilter();
  #isWriter = false;

  constructor(socket: Socket, guard: ScreenGuard) {
    this.#socket = socket;
    this.#guard = guard;
  }

  show(stop: AbortSignal): Promise<"left" | "lost"> {
    return new Promise((resolve) => {
      stop.addEventListener("abort", () => resolve("left"), { once: true });
      process.stdin.on("end", () => resolve("left"));
      process.stdin.on("data", (bytes: Uint8Array) => {
        if (this.#type(bytes)) resolve("left");
      });
      process.stdout.on("resize", () => this.#tell({ type: "resize", ...terminalSize() }));
      this.#socket.on("error", () => undefined);
      this.#socket.on("close", () => resolve("lost"));
      this.#socket.on("data", (chunk: Uint8Array) => {
        for (const frame of this.#decoder.push(chunk)) this.#take(frame);
      });
      this.#tell({ type: "attach", mode: "write", ...terminalSize() });
    });
  }

  #take(frame: Frame): void {
    if (frame.channel !== CHANNEL) return;
    if (frame.type === "control") this.#isWriter = isWriterBy(frame.bytes) ?? this.#isWriter;
    else if (frame.type === "window") this.#sendCredit.grant(frame.credit);
    else if (frame.type === "close") this.#socket.destroy();
    else if (frame.type === "output" || frame.type === "snapshot") this.#print(frame.type, frame.bytes);
  }

  #print(type: "output" | "snapshot", bytes: Uint8Array): void {
    this.#received.receive(bytes.length);
    if (type === "snapshot") this.#filter = new TerminalFilter();
    process.stdout.write(this.#guard.push(this.#filter.push(bytes)), () => {
      const credit = this.#received.consume(bytes.length);
      if (credit > 0) this.#send({ channel: CHANNEL, type: "window", credit });
    });
  }

  /** Whether the session is to be left. What the runner does not take now is refused, never kept for later. */
  #type(typed: Uint8Array): boolean {
    const { bytes, detach } = this.#keys.push(typed);
    if (detach || bytes.length === 0) return detach;
    if (this.#isWriter && bytes.length <= this.#sendCredit.bytes) {
      this.#sendCredit.spend(bytes.length);
      this.#send({ channel: CHANNEL, type: "data", bytes });
    } else process.stdout.write("\u0007");
    return false;
  }

  #tell(message: ClientMessage): void {
    this.#send(controlFrame(CHANNEL, message));
  }

  #send(frame: Frame): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(frame));
  }
}

/** A terminal that kubectl has just made tells its size a little later. */
function terminalSize(): { readonly cols: number; readonly rows: number } {
  const { columns, rows } = process.stdout;
  return { cols: Math.min(columns || 80, MAX_SIZE), rows: Math.min(rows || 24, MAX_SIZE) };
}

/** Whether this view types, by what the runner tells of it; undefined when it tells something else. */
function isWriterBy(bytes: Uint8Array): boolean | undefined {
  const message = JSON.parse(Buffer.from(bytes).toString()) as { readonly writer?: boolean };
  return message.writer;
}
