import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonFlags } from "./model/daemonArguments.ts";

/** Flags win over the environment, and that over config.toml. */
function addDaemonFlags(command: Command): Command {
  return command
    .option(
      "--enable-kubernetes-backend [boolean]",
      "let sessions run in Kubernetes, whatever environment and config.toml say",
    )
    .option("--kubeconfig <path>", "the kubeconfig, in the place of $KUBECONFIG and config.toml")
    .option("--context <name>", "the context of the kubeconfig")
    .option("--namespace <name>", "where the pods of sessions run");
}

/** `clauderon daemon` and what is done with one that runs. */
export function addDaemonCommand(program: Command, context: CommandContext): void {
  const daemon = program
    .command("daemon")
    .summary("run the daemon, or look after one")
    .description(
      "Runs the daemon in this terminal until Ctrl-C. Other commands start one by themselves when none runs; sessions live on\n" +
        "without it.",
    )
    .action(async (flags: DaemonFlags) => {
      const { runDaemonHere } = await import("./runDaemonHere.ts");
      runDaemonHere(flags, context);
    });
  addDaemonFlags(daemon);
  daemon
    .command("status")
    .summary("tell how the daemon is")
    .description("Tells whether the daemon runs, its version, and where it listens. Starts nothing.")
    .option("--json", "print JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { daemonStatus } = await import("./daemonStatus.ts");
      await daemonStatus(json, context);
    });
  daemon
    .command("stop")
    .summary("stop the daemon")
    .description("Stops the daemon; the sessions' agents go on. The next command that needs a daemon starts one.")
    .action(async () => {
      const { stopDaemon } = await import("./stopDaemon.ts");
      context.print((await stopDaemon(context.config)) ? "Daemon stopped; sessions live on" : "No daemon runs");
    });
  const install = daemon
    .command("install")
    .summary("start the daemon at every login")
    .description("Installs the daemon as a service of this user: a unit of systemd, on macOS an agent of launchd.")
    .action(async (flags: DaemonFlags) => {
      const { installDaemon } = await import("./installDaemon.ts");
      await installDaemon({ ...daemon.opts<DaemonFlags>(), ...flags }, context);
    });
  addDaemonFlags(install);
  daemon
    .command("uninstall")
    .summary("undo install")
    .description("Stops and removes the service that install made. Sessions and configuration stay.")
    .action(async () => {
      const { uninstallDaemon } = await import("./installDaemon.ts");
      await uninstallDaemon(context);
    });
}
