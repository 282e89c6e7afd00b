import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import { MAX_TERMINAL_SIZE, RUN_EXIT, type ToldMessage } from "@clauderon/protocol/wire";
import { type Channel, type ChannelListener, StreamClient } from "@clauderon/stream";
import {
  DetachMatcher,
  KEYBOARD_QUERY,
  KeyboardReply,
  parseDetachKeys,
  ScreenGuard,
  TerminalFilter,
} from "@clauderon/terminal";
import { open, socketOf } from "../channels/connect.ts";

/**
 * Joins this terminal to a session through the runner's socket, without a daemon, until ctrl-p ctrl-q or `stop`; the
 * session continues. If somebody else is already typing, this terminal only watches, and typing rings the bell.
 * AGENT_UNAVAILABLE when the runner closes the connection.
 */
export async function attach(folder: string, stop: AbortSignal): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Fault("USAGE", "attach needs a terminal", { hint: "In a pod: kubectl exec -it" });
  }
  const socket = await open(socketOf(folder));
  process.stdin.setRawMode(true);
  // Scrolls the screen's content up.
  const { rows } = terminalSize();
  process.stdout.write(`${KEYBOARD_QUERY}\u001b[${rows};1H${"\n".repeat(rows)}\u001b[H`);
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

class JoinedTerminal implements ChannelListener<ToldMessage> {
  readonly #guard: ScreenGuard;
  readonly #stream: StreamClient;
  readonly #keys = new DetachMatcher(parseDetachKeys("ctrl-p,ctrl-q"));
  readonly #reply = new KeyboardReply();
  #filter = new TerminalFilter("Kept");
  #isWriter = false;

  constructor(socket: Duplex, guard: ScreenGuard) {
    this.#guard = guard;
    this.#stream = new StreamClient(socket);
  }

  show(stop: AbortSignal): Promise<"left" | "lost"> {
    return new Promise((resolve) => {
      const channel = this.#stream.open({ type: "attach", mode: "write", ...terminalSize() }, this);
      stop.addEventListener("abort", () => resolve("left"), { once: true });
      process.stdin.on("end", () => resolve("left"));
      process.stdin.on("data", (bytes: Uint8Array) => {
        if (this.#type(bytes, channel)) resolve("left");
      });
      process.stdout.on("resize", () => channel.tell({ type: "resize", ...terminalSize() }));
      void this.#stream.closed.then(() => resolve("lost"));
    });
  }

  control(message: ToldMessage): void {
    if (message.type === "attached" || message.type === "terminal") this.#isWriter = message.writer;
  }

  bytes({ type, bytes }: { readonly type: string; readonly bytes: Uint8Array }, consumed: () => void): void {
    if (type === "snapshot") this.#filter = new TerminalFilter("Kept");
    process.stdout.write(this.#guard.push(this.#filter.push(bytes)), consumed);
  }

  close(): void {
    this.#stream.destroy();
  }

  /** True when the user detaches. Input that the runner cannot take now is discarded. */
  #type(typed: Uint8Array, channel: Channel): boolean {
    const { bytes: input, flags } = this.#reply.push(typed);
    if (flags !== undefined) process.stdout.write(this.#guard.knowsKeyboard(flags));
    const { bytes, detach } = this.#keys.push(input);
    if (detach || bytes.length === 0) return detach;
    if (this.#isWriter && bytes.length <= channel.room) channel.send({ type: "data", bytes });
    else process.stdout.write("\u0007");
    return false;
  }
}

/** A terminal that kubectl has just created reports its size a little later. */
function terminalSize(): { readonly cols: number; readonly rows: number } {
  const { columns, rows } = process.stdout;
  return { cols: Math.min(columns || 80, MAX_TERMINAL_SIZE), rows: Math.min(rows || 24, MAX_TERMINAL_SIZE) };
}
