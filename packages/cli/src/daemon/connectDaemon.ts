import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { refuseForeignFolder } from "@clauderon/base/own-folder";
import { ownUid } from "@clauderon/process/user";
import type { Health, Session } from "@clauderon/protocol";
import { DAEMON_API_VERSION, socketPath } from "@clauderon/protocol/wire";
import type { CliConfig } from "../config.ts";
import { DaemonClient } from "./daemonClient.ts";

/**
 * The daemon of this CLAUDERON_HOME; starts one when none is running. DAEMON_UNAVAILABLE for a daemon of another
 * version, CONFIG_INVALID for a socket in a folder that other users can write in.
 */
export async function connectDaemon(config: CliConfig): Promise<DaemonClient> {
  const client = daemonClient(config);
  const health = (await findHealth(client)) ?? (await start(client, config));
  // Checked again: another user may have made the folder in the meantime.
  refuseForeignSocket(config);
  checkVersion(health);
  return client;
}

async function start(client: DaemonClient, config: CliConfig): Promise<Health> {
  const { startDaemon } = await import("./startDaemon.ts");
  return startDaemon(config, () => findHealth(client));
}

/** The daemon when one is running, otherwise undefined. Does not start a daemon. */
export async function findDaemon(config: CliConfig): Promise<{ client: DaemonClient; health: Health } | undefined> {
  const client = daemonClient(config);
  const health = await findHealth(client);
  return health === undefined ? undefined : { client, health };
}

/** Where the daemon of this CLAUDERON_HOME listens. */
export function daemonSocket({ home }: CliConfig): string {
  return socketPath({ home, uid: ownUid(), tmpdir: tmpdir() });
}

function daemonClient(config: CliConfig): DaemonClient {
  refuseForeignSocket(config);
  return new DaemonClient(daemonSocket(config));
}

/** When the path of the home is too long for a socket, the socket is in a folder where every user can make folders. */
function refuseForeignSocket(config: CliConfig): void {
  const folder = dirname(daemonSocket(config));
  if (folder === config.home) return;
  refuseForeignFolder(folder, lstatSync(folder, { throwIfNoEntry: false }), ownUid());
}

async function findHealth(client: DaemonClient): Promise<Health | undefined> {
  try {
    return await client.health();
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === "DAEMON_UNAVAILABLE") return undefined;
    throw thrown;
  }
}

function checkVersion({ apiVersion, version }: Health): void {
  if (apiVersion === DAEMON_API_VERSION) return;
  const message = `Daemon ${version} uses API version ${apiVersion}, but this command needs version ${DAEMON_API_VERSION}`;
  throw new Fault("DAEMON_UNAVAILABLE", message, {
    hint: "Run `clauderon daemon stop`. The next command starts the right version, and sessions keep running",
  });
}

/** The sessions of a running daemon. */
export function findSessions(config: CliConfig, signal: AbortSignal): Promise<readonly Session[]> {
  return daemonClient(config).list(signal);
}
