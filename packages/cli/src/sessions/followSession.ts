import { Fault } from "@clauderon/base/fault";
import type { DaemonEvent, Session } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { ProgressLine } from "../output/progressLine.ts";
import { Lasting } from "./lasting.ts";

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
  /** True for a state that ends the wait if it lasts. */
  untilLasting?(session: Session): boolean;
  /** What ends the wait as a failure if it lasts. */
  trouble?(session: Session): Fault | undefined;
  /** How long states last, if not as long as usual. */
  readonly patience?: Patience;
}

interface Patience {
  readonly settledMs: number;
  readonly troubleMs: number;
}

/** An agent that cannot run ends sooner; what heals by itself does so within the other, after which a script should know. */
const PATIENCE: Patience = { settledMs: 2_000, troubleMs: 60_000 };

/**
 * Waits until a session has the wanted state; meanwhile shows its current state, with the cause when it waits.
 * SESSION_NOT_FOUND when the session is deleted in the meantime.
 */
export async function waitForSession(name: string, wait: SessionWait): Promise<Session> {
  const { troubleMs, settledMs } = wait.patience ?? PATIENCE;
  const trouble = new Lasting<Fault>(troubleMs);
  const settled = new Lasting<Session>(settledMs);
  const signal = AbortSignal.any([wait.signal, trouble.signal, settled.signal]);
  try {
    for await (const session of sessionStates(name, { ...wait, signal })) {
      if (wait.until(session)) return session;
      const fault = wait.trouble?.(session);
      trouble.note(fault, fault?.code);
      settled.note(wait.untilLasting?.(session) === true ? session : undefined);
    }
  } catch (thrown) {
    if (settled.signal.aborted && thrown === settled.signal.reason) return thrown as Session;
    throw thrown;
  } finally {
    trouble.end();
    settled.end();
  }
  throw new Error("Events end by an error alone");
}

/** The states of a session from now on; shows each, when the next one is wanted. */
async function* sessionStates(name: string, { client, context, signal }: Omit<SessionWait, "until">) {
  const progress = new ProgressLine(context);
  let isThere = false;
  try {
    for await (const event of followEvents(client, context, signal)) {
      if (event.type === "ready" && !isThere) throw notFound(name);
      const session = eventOf(name, event, progress);
      if (session === undefined) continue;
      isThere = true;
      yield session;
      const { phase, message } = session.status;
      if (message !== undefined) progress.show(`${name}: ${message}`);
      else if (phase !== "Running" && context.terminals.stderr) progress.show(`${name}: ${phase}`);
    }
  } finally {
    progress.end();
  }
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
