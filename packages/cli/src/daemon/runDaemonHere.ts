import type { CommandContext } from "../commandContext.ts";
import { replaceProcess } from "@clauderon/process/foreground";
import { daemonArguments, type DaemonFlags } from "./model/daemonArguments.ts";
import { daemonProgram } from "./startDaemon.ts";

/** Makes this process the daemon, which then owns its terminal, signals and environment. */
export function runDaemonHere(flags: DaemonFlags, { config }: CommandContext): never {
  const args = daemonArguments(flags, config);
  const environment = { ...config.environment, CLAUDERON_HOME: config.home };
  return replaceProcess(process.execPath, [daemonProgram(), ...args], environment);
}
