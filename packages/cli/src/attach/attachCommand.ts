import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { DETACH_KEYS, DETACH_KEYS_VARIABLE } from "@clauderon/config/detach-keys";
import type { Session } from "@clauderon/protocol";
import { StreamClient } from "@clauderon/stream";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { attachRun } from "../run/attachRun.ts";
import { adviceFor } from "../sessions/model/describeSession.ts";
import { sessionFault } from "../sessions/model/sessionFault.ts";
import { waitUntilRunning } from "../sessions/waitUntilRunning.ts";
import { Attachment } from "./attachment.ts";
import { parseDetachKeys } from "@clauderon/terminal";
import { OwnTerminal } from "./ownTerminal.ts";
import { streamOrSession } from "./streamOrSession.ts";

export interface AttachRequest {
  readonly name: string;
  readonly watch: boolean;
  readonly takeOver: boolean;
  /** Replaces the configured keys. */
  readonly detachKeys: string | undefined;
}

/**
 * Shows a session on this terminal until the user detaches or the session ends. Detaching does not stop the session.
 */
export async function attachCommand(request: AttachRequest, context: CommandContext): Promise<void> {
  const { name, watch, takeOver } = request;
  // Only the name of a run contains a dot.
  if (name.includes(".")) return attachRun(name, context);
  needTerminal(name, context);
  const keys = await detachKeys(request, context);
  const detachKeyBytes = parseDetachKeys(keys.text, keys.origin);
  const signal = context.takeSignals();
  const client = await connectDaemon(context.config);
  await waitUntilRunning(name, { client, context, signal });
  const first = new StreamClient(await client.stream(name, signal));

  const detachText = keys.text.replaceAll(",", " ");
  context.note(`Attached to ${name}. Press ${detachText} to detach`);
  const terminal = new OwnTerminal(context);
  const mode = watch ? "watch" : "write";
  const attachment = new Attachment({ name, terminal, mode, takeOver, detachKeys: detachKeyBytes, detachText });
  signal.addEventListener("abort", () => attachment.left(), { once: true });
  terminal.take(attachment);
  let over: Session | "deleted" | undefined;
  try {
    over = await showUntilOver(attachment, first, { name, context }).catch(deletedMeanwhile);
  } finally {
    terminal.restore();
  }
  signal.throwIfAborted();
  if (over === "deleted") context.note(`Session "${name}" was deleted`);
  else
    context.note(
      over === undefined
        ? `Detached from ${name}, which keeps running. Run \`clauderon attach ${name}\` to attach again`
        : overText(over),
    );
}

function deletedMeanwhile(thrown: unknown): "deleted" {
  if (thrown instanceof Fault && thrown.code === "SESSION_NOT_FOUND") return "deleted";
  throw thrown;
}

/** How a session ended while the user was attached. */
function overText(session: Session): string {
  const { phase, exitCode, message } = session.status;
  if (phase === "Missing" || phase === "Failed") throw sessionFault(session);
  if (phase === "Deleting") return `Session "${session.name}" was deleted`;
  const code = exitCode === undefined ? "" : `; the agent exited with code ${exitCode}`;
  return [
    `Session "${session.name}" is ${phase}${code}`,
    ...(message === undefined ? [] : [message]),
    ...adviceFor(session),
  ].join(". ");
}

function needTerminal(name: string, { terminals }: CommandContext): void {
  if (terminals.stdin && terminals.stdout) return;
  throw new Fault("USAGE", "attach needs a terminal", {
    hint: `Run \`clauderon logs --follow ${name}\` to see its output, or \`clauderon send ${name} PROMPT\` to send a prompt`,
  });
}

interface DetachKeys {
  readonly text: string;
  readonly origin: string;
}

async function detachKeys({ detachKeys }: AttachRequest, { config }: CommandContext): Promise<DetachKeys> {
  if (detachKeys !== undefined) return { text: detachKeys, origin: "--detach-keys" };
  const origin = "attach.detach_keys";
  const isSet = config.environment[DETACH_KEYS_VARIABLE] !== undefined || existsSync(join(config.home, "config.toml"));
  if (!isSet) return { text: DETACH_KEYS, origin };
  const { readSettings } = await import("../settings/settings.ts"); // Late: the schemas are slow to load.
  return { text: readSettings(config).values.attach.detach_keys, origin };
}

interface Where {
  readonly name: string;
  readonly context: CommandContext;
}

/**
 * Reconnects whenever the connection is lost, until the user detaches, or until the session ends, which is then
 * returned.
 */
async function showUntilOver(attachment: Attachment, first: StreamClient, where: Where): Promise<Session | undefined> {
  for (let stream = first; ; ) {
    if ((await attachment.show(stream)) === "detached") return undefined;
    attachment.tell("connection lost, reconnecting");
    const stop = new AbortController();
    const next = await Promise.race([reconnect(where, stop.signal), attachment.detached]);
    stop.abort();
    if (next === "detached") return undefined;
    if (!(next instanceof StreamClient)) return next;
    stream = next;
  }
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

async function reconnect({ name, context }: Where, stop: AbortSignal): Promise<StreamClient | Session> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      const client = await connectDaemon(context.config);
      const found = await streamOrSession(client, name);
      if (found instanceof StreamClient || !COMING.has(found.status.phase)) return found;
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== "DAEMON_UNAVAILABLE") throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (stop.aborted) return new Promise(() => undefined);
  }
}

/** Phases in which a runner will start without a command, or in which the daemon has not noticed yet that it ended. */
const COMING: ReadonlySet<Session["status"]["phase"]> = new Set(["Pending", "Running", "Error"]);
