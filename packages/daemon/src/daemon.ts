import { once } from "node:events";
import packageJson from "../package.json" with { type: "json" };
import { createApi } from "./api/server.ts";
import type { DaemonConfig } from "./config.ts";
import { DaemonHome } from "./home/daemonHome.ts";
import { lockHome } from "./home/lock.ts";
import { FileLog } from "./home/fileLog.ts";

export interface DaemonHost {
  /** Aborted when the daemon shall end; the runners live on. */
  readonly stop: AbortSignal;
  /** For whoever started it by hand. */
  readonly say: (text: string) => void;
}

/** Runs the daemon of one CLAUDERON_HOME until it is told to stop. DAEMON_RUNNING when there is one. */
export async function runDaemon(config: DaemonConfig, { stop, say }: DaemonHost): Promise<void> {
  const home = new DaemonHome(config);
  home.prepare();
  const lock = lockHome(home.lockFile);
  const log = new FileLog(home.logFile);
  try {
    const api = createApi({ version: packageJson.version, log, backends: [] });
    const socket = home.prepareSocket();
    await api.listen(socket);
    log.info("Started", { pid: process.pid, version: packageJson.version });
    say(`clauderon daemon ${packageJson.version} listens on ${socket}`);
    if (!stop.aborted) await once(stop, "abort");
    await api.close();
    log.info("Stopped", { pid: process.pid });
  } finally {
    lock.release();
    log.close();
  }
}
