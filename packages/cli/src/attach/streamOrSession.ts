import { Fault } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { StreamClient } from "@clauderon/stream";
import type { DaemonClient } from "../daemon/daemonClient.ts";

/** A connection to the session; for a session without a runner, the session itself. */
export async function streamOrSession(
  client: DaemonClient,
  name: string,
  signal?: AbortSignal,
): Promise<StreamClient | Session> {
  try {
    return new StreamClient(await client.stream(name, signal));
  } catch (thrown) {
    if (signal?.aborted === true || !(thrown instanceof Fault) || GONE.has(thrown.code)) throw thrown;
    return client.get(name);
  }
}

const GONE: ReadonlySet<string> = new Set(["SESSION_NOT_FOUND", "DAEMON_UNAVAILABLE"]);
