import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTo, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Clock } from "@clauderon/base";
import { Fault, messageOf } from "@clauderon/base/fault";
import { RUN_EXIT, RUNNER_SESSION_FILE } from "@clauderon/protocol/wire";

/** Between two looks for a runner that is coming up. */
const PAUSE_MS = 25;

/**
 * Joins stdin and stdout to a session's socket, which is how `kubectl exec` reaches it. A runner that is not there yet is
 * waited for so many seconds; then AGENT_UNAVAILABLE.
 */
export async function connect(folder: string, waitSeconds: number, clock: Clock): Promise<number> {
  const socket = await reach(folder, waitSeconds * 1000, clock);
  const up = pipeline(process.stdin, socket, { end: true });
  const down = pipeline(socket, process.stdout, { end: false });
  // Whichever side ends: there is nothing to carry any more.
  await Promise.race([up.then(() => down), down]).catch(() => undefined);
  process.stdin.destroy();
  return RUN_EXIT.succeeded;
}

/** Counts pauses rather than look at the clock, which may jump. */
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

/** Where the runner of a session's folder listens. The runner checks all of that file; whoever comes through here must not wait for the schema to load. */
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
