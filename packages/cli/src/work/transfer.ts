import { Fault } from "@clauderon/base/fault";
import type { Pulled, Pushed } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { ProgressLine } from "../output/progressLine.ts";

export interface WorkRequest {
  readonly name: string;
  readonly json: boolean;
}

export interface TransferContext {
  readonly client: DaemonClient;
  readonly context: CommandContext;
}

/**
 * Pulls a session's work and shows progress, unless the result is JSON; prints a note for what could not be
 * transferred.
 */
export function pullWithProgress(request: WorkRequest, place: TransferContext): Promise<Pulled> {
  return transfer(request, place, () => place.client.pull(request.name));
}

/** The same for a push. */
export function pushWithProgress(request: WorkRequest, place: TransferContext): Promise<Pushed> {
  return transfer(request, place, () => place.client.push(request.name));
}

async function transfer<T extends { readonly notices: readonly string[] }>(
  { name, json }: WorkRequest,
  { client, context }: TransferContext,
  ask: () => Promise<T>,
): Promise<T> {
  const done = json ? await ask() : await withProgress(name, { client, context }, ask);
  for (const notice of done.notices) context.note(notice);
  return done;
}

async function withProgress<T>(name: string, { client, context }: TransferContext, ask: () => Promise<T>): Promise<T> {
  const progress = new ProgressLine(context);
  const over = new AbortController();
  const ready = Promise.withResolvers<void>();
  const told = tryTell();
  try {
    await ready.promise;
    return await ask();
  } finally {
    over.abort();
    await told;
    progress.end();
  }

  /** A failure to show progress must not fail the transfer. */
  async function tryTell(): Promise<void> {
    try {
      for await (const event of client.events(over.signal)) {
        if (event.type === "ready") ready.resolve();
        if (event.type === "progress" && event.name === name) progress.show(`${name}: ${event.step}`, event.percent);
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault) && !over.signal.aborted) throw thrown;
    } finally {
      ready.resolve();
    }
  }
}
