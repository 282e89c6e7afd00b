import { DAEMON_API_VERSION } from "@clauderon/protocol/wire";
import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { formatFields } from "../output/model/table.ts";
import { daemonSocket, findDaemon } from "./connectDaemon.ts";

/** Tells how the daemon is; one that does not run is DAEMON_UNAVAILABLE. */
export async function daemonStatus(json: boolean, context: CommandContext): Promise<void> {
  const socket = daemonSocket(context.config);
  const found = await findDaemon(context.config);
  if (json) context.print(JSON.stringify({ socket, running: found !== undefined, ...found?.health }, null, 2));
  if (found === undefined) {
    throw new Fault("DAEMON_UNAVAILABLE", `No daemon listens on ${socket}`, {
      hint: "The next command that needs one starts it; clauderon daemon runs one in this terminal",
    });
  }
  if (json) return;
  const { pid, version, apiVersion, features } = found.health;
  const api =
    apiVersion === DAEMON_API_VERSION ? "" : `, this command's is ${DAEMON_API_VERSION}: clauderon daemon stop`;
  context.print(
    formatFields([
      ["Daemon", `${version}, process ${pid}`],
      ["API", `version ${apiVersion}${api}`],
      ["Socket", socket],
      ["Features", features.length === 0 ? "none" : features.join(", ")],
    ]),
  );
}
