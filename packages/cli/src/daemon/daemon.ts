import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonFlags } from "./model/daemonArguments.ts";

/** Flags override the environment, which overrides config.toml. */
function addDaemonFlags(command: Command): Command {
  return command
    .option(
      "--enable-kubernetes-backend [boolean]",
      "allow sessions in Kubernetes; overrides the environment and config.toml",
    )
    .option("--kubeconfig <path>", "path of the kubeconfig; overrides $KUBECONFIG and config.toml")
    .option("--context <name>", "context of the kubeconfig (default: its current context)")
    .option("--namespace <name>", "namespace of the sessions' pods");
}

export function addDaemonCommand(program: Command, context: CommandContext): void {
  const daemon = program
    .command("daemon")
    .summary("run or manage the daemon")
    .description(
      "Runs the daemon in this terminal until Ctrl-C. You rarely need this: other commands start a daemon " +
        "in the background if no daemon is running.\n\n" +
        "Sessions keep running without a daemon. The daemon's log is daemon.log in CLAUDERON_HOME (default: " +
        "~/.clauderon).",
    )
    .action(async (flags: DaemonFlags) => {
      const { runDaemonHere } = await import("./runDaemonHere.ts");
      runDaemonHere(flags, context);
    });
  addDaemonFlags(daemon);
  daemon
    .command("status")
    .summary("show daemon status")
    .description("Shows whether the daemon is running, its version, its socket and its log. Does not start a daemon.")
    .option("--json", "print the status as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { daemonStatus } = await import("./daemonStatus.ts");
      await daemonStatus(json, context);
    });
  daemon
    .command("stop")
    .summary("stop the daemon")
    .description("Stops the daemon. Sessions keep running. The next command that needs a daemon starts one.")
    .action(async () => {
      const { stopDaemon } = await import("./stopDaemon.ts");
      context.print(
        (await stopDaemon(context.config)) ? "Stopped the daemon. Sessions keep running." : "No daemon is running.",
      );
    });
  const install = daemon
    .command("install")
    .summary("start the daemon at login")
    .description(
      "Installs the daemon as a user service, which starts now and at every login: a systemd user unit, or a launchd agent on macOS.",
    )
    .action(async (flags: DaemonFlags) => {
      const { installDaemon } = await import("./installDaemon.ts");
      await installDaemon({ ...daemon.opts<DaemonFlags>(), ...flags }, context);
    });
  addDaemonFlags(install);
  daemon
    .command("uninstall")
    .summary("remove the user service")
    .description(
      "Stops and removes the service that `clauderon daemon install` created. Keeps sessions and configuration.",
    )
    .action(async () => {
      const { uninstallDaemon } = await import("./installDaemon.ts");
      await uninstallDaemon(context);
    });
}
