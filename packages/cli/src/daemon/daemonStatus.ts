import { join } from "node:path";
import { DAEMON_API_VERSION } from "@clauderon/protocol/wire";
import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { formatFields } from "../output/model/table.ts";
import { daemonSocket, findDaemon } from "./connectDaemon.ts";

/** Prints the status of the daemon; DAEMON_UNAVAILABLE if no daemon is running. */
export async function daemonStatus(json: boolean, context: CommandContext): Promise<void> {
  const socket = daemonSocket(context.config);
  const found = await findDaemon(context.config);
  if (json) context.print(JSON.stringify({ socket, running: found !== undefined, ...found?.health }, null, 2));
  if (found === undefined) {
    throw new Fault("DAEMON_UNAVAILABLE", `No daemon is listening on ${socket}`, {
      hint: "The next command that needs a daemon starts one. Run `clauderon daemon` to run one in this terminal",
    });
  }
  if (json) return;
  const { pid, version, apiVersion, features } = found.health;
  const api =
    apiVersion === DAEMON_API_VERSION
      ? ""
      : ` (this command needs ${DAEMON_API_VERSION}: run \`clauderon daemon stop\`)`;
  context.print(
    formatFields([
      ["Daemon", `${version}, process ${pid}`],
      ["API", `version ${apiVersion}${api}`],
      ["Socket", socket],
      ["Log", join(context.config.home, "daemon.log")],
      ["Features", features.length === 0 ? "none" : features.join(", ")],
    ]),
  );
}
