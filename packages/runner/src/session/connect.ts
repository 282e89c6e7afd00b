import { once } from "node:events";
import { connect as connectTo, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { type Clock, Fault, messageOf } from "@clauderon/base";
import { RUN_EXIT } from "@clauderon/protocol";
import { SessionFolder } from "./sessionFolder.ts";

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
      return await open(new SessionFolder(folder).readSession().socket);
    } catch (thrown) {
      if (!(thrown instanceof Fault) || waited >= waitMs) throw thrown;
    }
    await clock.sleep(PAUSE_MS);
  }
}

async function open(path: string): Promise<Socket> {
  const socket = connectTo(path);
  await once(socket, "connect").catch((cause: unknown) => {
    throw new Fault("AGENT_UNAVAILABLE", `No runner listens on ${path}: ${messageOf(cause)}`, { cause });
  });
  return socket;
}
