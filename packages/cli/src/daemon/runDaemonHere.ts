import type { CommandContext } from "../commandContext.ts";
import { replaceProcess } from "../process.ts";
import { daemonArguments } from "./model/daemonArguments.ts";
import { daemonProgram } from "./startDaemon.ts";

/** Makes this process the daemon: terminal, signals and environment are its own from then on. */
export function runDaemonHere(enableKubernetes: string | boolean | undefined, { config }: CommandContext): never {
  const args = daemonArguments(enableKubernetes, config.environment);
  const environment = { ...config.environment, CLAUDERON_HOME: config.home };
  return replaceProcess(process.execPath, [daemonProgram(), ...args], environment);
}
