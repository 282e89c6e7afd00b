import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { pipeline } from "node:stream/promises";
import { Fault, messageOf } from "@clauderon/base";
import { RUN_EXIT } from "@clauderon/protocol";
import { SessionFolder } from "./sessionFolder.ts";

/** Joins stdin and stdout to a session's socket, which is how `kubectl exec` reaches it. AGENT_UNAVAILABLE when no runner listens. */
export async function connect(folder: string): Promise<number> {
  const { socket: path } = new SessionFolder(folder).readSession();
  const socket = connectTo(path);
  await once(socket, "connect").catch((cause: unknown) => {
    throw new Fault("AGENT_UNAVAILABLE", `No runner listens on ${path}: ${messageOf(cause)}`, { cause });
  });
  const up = pipeline(process.stdin, socket, { end: true });
  const down = pipeline(socket, process.stdout, { end: false });
  // Whichever side ends: there is nothing to carry any more.
  await Promise.race([up.then(() => down), down]).catch(() => undefined);
  process.stdin.destroy();
  return RUN_EXIT.succeeded;
}
