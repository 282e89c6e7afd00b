import { lstatSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { refuseForeignFolder } from "@clauderon/base/own-folder";
import type { Health, Session } from "@clauderon/protocol";
import { DAEMON_API_VERSION, socketPath } from "@clauderon/protocol/wire";
import type { CliConfig } from "../config.ts";
import { DaemonClient } from "./daemonClient.ts";

/**
 * The daemon of this CLAUDERON_HOME, started when none runs. A daemon of another version is DAEMON_UNAVAILABLE, a socket in
 * a folder that is not this user's alone CONFIG_INVALID.
 */
export async function connectDaemon(config: CliConfig): Promise<DaemonClient> {
  const client = daemonClient(config);
  const health = (await findHealth(client)) ?? (await start(client, config));
  // Once more: the folder may have been made since.
  refuseForeignSocket(config);
  checkVersion(health);
  return client;
}

async function start(client: DaemonClient, config: CliConfig): Promise<Health> {
  const { startDaemon } = await import("./startDaemon.ts");
  return startDaemon(config, () => findHealth(client));
}

/** The daemon when one runs, and undefined otherwise: nothing is started. */
export async function findDaemon(config: CliConfig): Promise<{ client: DaemonClient; health: Health } | undefined> {
  const client = daemonClient(config);
  const health = await findHealth(client);
  return health === undefined ? undefined : { client, health };
}

/** Where the daemon of this CLAUDERON_HOME listens. */
export function daemonSocket({ home }: CliConfig): string {
  return socketPath({ home, uid: userInfo().uid, tmpdir: tmpdir() });
}

function daemonClient(config: CliConfig): DaemonClient {
  refuseForeignSocket(config);
  return new DaemonClient(daemonSocket(config));
}

/** A home with a long path has its socket where every user of the machine can make folders. */
function refuseForeignSocket(config: CliConfig): void {
  const folder = dirname(daemonSocket(config));
  if (folder === config.home) return;
  refuseForeignFolder(folder, lstatSync(folder, { throwIfNoEntry: false }), userInfo().uid);
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

/** The sessions of a daemon that runs already. */
export function findSessions(config: CliConfig, signal: AbortSignal): Promise<readonly Session[]> {
  return daemonClient(config).list(signal);
}
