import { Fault } from "@clauderon/base/fault";
import type { DaemonEvent, Session } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { ProgressLine } from "../output/progressLine.ts";

/** How long it waits before it reconnects to a daemon that ended. */
const RECONNECT_MS = 200;

/** All events, also across restarts of the daemon; ends only with the signal's reason. */
export async function* followEvents(
  client: DaemonClient,
  context: CommandContext,
  signal: AbortSignal,
): AsyncGenerator<DaemonEvent, never> {
  for (let current = client; ; current = await connectDaemon(context.config)) {
    try {
      yield* current.events(signal);
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== "DAEMON_UNAVAILABLE") throw thrown;
    }
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

export interface SessionWait {
  readonly client: DaemonClient;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
  /** True ends the wait; so does a Fault that it throws. */
  until(session: Session): boolean;
}

/**
 * Waits until a session has the wanted state; meanwhile shows its current state, with the cause when it waits.
 * SESSION_NOT_FOUND when the session is deleted in the meantime.
 */
export async function waitForSession(name: string, wait: SessionWait): Promise<Session> {
  const progress = new ProgressLine(wait.context);
  let isThere = false;
  try {
    for await (const event of followEvents(wait.client, wait.context, wait.signal)) {
      if (event.type === "ready" && !isThere) throw notFound(name);
      const session = eventOf(name, event, progress);
      if (session === undefined) continue;
      isThere = true;
      if (wait.until(session)) return session;
      const { phase, message } = session.status;
      if (message !== undefined) progress.show(`${name}: ${message}`);
      else if (phase !== "Running" && wait.context.terminals.stderr) progress.show(`${name}: ${phase}`);
    }
  } finally {
    progress.end();
  }
  throw new Error("Events end by an error alone");
}

function eventOf(name: string, event: DaemonEvent, progress: ProgressLine): Session | undefined {
  if (event.type === "session") return event.session.name === name ? event.session : undefined;
  if (event.type === "deleted" && event.name === name) throw notFound(name);
  if (event.type === "progress" && event.name === name) progress.show(`${name}: ${event.step}`, event.percent);
  return undefined;
}

const notFound = (name: string) =>
  new Fault("SESSION_NOT_FOUND", `Session "${name}" no longer exists`, {
    hint: "Run `clauderon list` to see your sessions",
  });
