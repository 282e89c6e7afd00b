import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTo, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Clock } from "@clauderon/base";
import { Fault, messageOf } from "@clauderon/base/fault";
import { RUN_EXIT, RUNNER_SESSION_FILE } from "@clauderon/protocol/wire";

/** The pause between two attempts to reach a runner that is starting. */
const PAUSE_MS = 25;

/**
 * Joins stdin and stdout to a session's socket, which is how `kubectl exec` reaches it. Waits this many seconds for a
 * runner that has not started yet; then throws AGENT_UNAVAILABLE.
 */
export async function connect(folder: string, waitSeconds: number, clock: Clock): Promise<number> {
  const socket = await reach(folder, waitSeconds * 1000, clock);
  const up = pipeline(process.stdin, socket, { end: true });
  const down = pipeline(socket, process.stdout, { end: false });
  // When either side ends, there is nothing left to carry.
  await Promise.race([up.then(() => down), down]).catch(() => undefined);
  process.stdin.destroy();
  return RUN_EXIT.succeeded;
}

/** Counts pauses instead of reading the clock, which may jump. */
async function reach(folder: string, waitMs: number, clock: Clock): Promise<Socket> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await open(socketOf(folder));
    } catch (thrown) {
      if (!(thrown instanceof Fault) || waited >= waitMs) throw thrown;
    }
    await clock.sleep(PAUSE_MS);
  }
}

/**
 * The socket of the runner of a session's folder, read without the schema: the runner checks the file, and a caller
 * must not wait for the schema to load.
 */
export function socketOf(folder: string): string {
  const path = `${folder}/${RUNNER_SESSION_FILE}`;
  try {
    return String((JSON.parse(readFileSync(path, "utf8")) as { readonly socket?: unknown }).socket);
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** AGENT_UNAVAILABLE when nobody listens. */
export async function open(path: string): Promise<Socket> {
  const socket = connectTo(path);
  await once(socket, "connect").catch((cause: unknown) => {
    throw new Fault("AGENT_UNAVAILABLE", `No runner listens on ${path}: ${messageOf(cause)}`, { cause });
  });
  return socket;
}
