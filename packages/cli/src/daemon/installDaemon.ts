import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { dirname, join } from "node:path";
import { Fault, messageOf } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import type { CliConfig } from "../config.ts";
import { runProcess } from "@clauderon/process/run";
import { ownUid } from "@clauderon/process/user";
import { findDaemon } from "./connectDaemon.ts";
import { daemonArguments, type DaemonFlags } from "./model/daemonArguments.ts";
import { credentialsLeftOut, serviceEnvironment } from "./model/serviceEnvironment.ts";
import { type DaemonService, LAUNCHD_LABEL, launchdAgent, systemdUnit } from "./model/serviceFiles.ts";
import { daemonProgram } from "./startDaemon.ts";
import { stopDaemon } from "./stopDaemon.ts";

/** How this system manages the services of a user. */
interface ServiceHost {
  readonly file: string;
  text(service: DaemonService): string;
  readonly start: readonly (readonly [string, ...string[]])[];
  readonly stop: readonly (readonly [string, ...string[]])[];
}

/** Writes the service and starts it, in place of a daemon that is running. */
export async function installDaemon(flags: DaemonFlags, { config, print }: CommandContext): Promise<void> {
  const host = serviceHost(config);
  const command = [process.execPath, daemonProgram(), ...daemonArguments(flags, config)];
  const left = await credentialsToSet(config);
  writeService(host.file, host.text({ command, environment: serviceEnvironment(config) }));
  await stopDaemon(config);
  for (const step of host.start) await runStep(step, config, host.file);
  print(`Wrote ${host.file}\nThe daemon is running, and starts at every login`);
  for (const name of left)
    print(`The service does not have ${name} of this terminal. Run \`clauderon credentials set ${name}\``);
}

/** Credentials that a daemon started by a command would have, and that the service will not have. */
async function credentialsToSet(config: CliConfig): Promise<readonly string[]> {
  const kept = (await (await findDaemon(config))?.client.credentials().catch(() => [])) ?? [];
  const isKept = (name: string) => kept.some((item) => item.name === name && item.origin === "file");
  return credentialsLeftOut(config.environment).filter((name) => !isKept(name));
}

/** Stops and removes the service; a missing service is fine. */
export async function uninstallDaemon({ config, print }: CommandContext): Promise<void> {
  const host = serviceHost(config);
  for (const step of host.stop) await runStep(step, config, host.file).catch(() => undefined);
  rmSync(host.file, { force: true });
  print(`Removed ${host.file}. Sessions and configuration are kept`);
}

function serviceHost({ userHome, environment }: CliConfig): ServiceHost {
  if (platform() === "darwin") {
    const file = join(userHome, "Library/LaunchAgents", `${LAUNCHD_LABEL}.plist`);
    const domain = `gui/${ownUid()}`;
    const stop = ["launchctl", "bootout", `${domain}/${LAUNCHD_LABEL}`] as const;
    return { file, text: launchdAgent, start: [["launchctl", "bootstrap", domain, file]], stop: [stop] };
  }
  const configHome = environment["XDG_CONFIG_HOME"] || join(userHome, ".config");
  return {
    file: join(configHome, "systemd/user/clauderon.service"),
    text: systemdUnit,
    start: [
      ["systemctl", "--user", "daemon-reload"],
      ["systemctl", "--user", "enable", "--now", "clauderon.service"],
    ],
    stop: [["systemctl", "--user", "disable", "--now", "clauderon.service"]],
  };
}

function writeService(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `Cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}

async function runStep(
  [command, ...args]: readonly [string, ...string[]],
  config: CliConfig,
  file: string,
): Promise<void> {
  const options = { cwd: "/", environment: config.environment };
  const { code, stderr } = await runProcess(command, args, options).catch((thrown: unknown) => ({
    code: 127,
    stderr: messageOf(thrown),
  }));
  if (code === 0) return;
  throw new Fault("DAEMON_UNAVAILABLE", `${[command, ...args].join(" ")} failed: ${stderr.trim()}`, {
    hint: `${file} was written. Run \`clauderon daemon\` to run the daemon without the service`,
  });
}
