import { Fault } from "@clauderon/base/fault";
import { Command, CommanderError } from "commander";
import type { CommandContext } from "./commandContext.ts";
import { addArchiveCommand } from "./commands/archive.ts";
import { addAttachCommand } from "./commands/attach.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addCreateCommand } from "./commands/create.ts";
import { addCredentialsCommand } from "./commands/credentials.ts";
import { addDaemonCommand } from "./commands/daemon.ts";
import { addDeleteCommand } from "./commands/delete.ts";
import { addDiffCommand } from "./commands/diff.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExecCommand } from "./commands/exec.ts";
import { addListCommand } from "./commands/list.ts";
import { addLogsCommand } from "./commands/logs.ts";
import { addMergeCommand } from "./commands/merge.ts";
import { addPullCommand } from "./commands/pull.ts";
import { addPushCommand } from "./commands/push.ts";
import { addReconcileCommand } from "./commands/reconcile.ts";
import { addRecreateCommand } from "./commands/recreate.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSendCommand } from "./commands/send.ts";
import { addShowCommand } from "./commands/show.ts";
import { addUnarchiveCommand } from "./commands/unarchive.ts";

/**
 * The whole command line but completion, which is added by whoever needs it. Usage errors are thrown as Faults; help and
 * version end in a CommanderError with exit code 0.
 */
export function buildProgram(context: CommandContext, version: string): Command {
  const program = new Command("clauderon")
    .description("Coding agents on branches of their own, on this machine or in Kubernetes")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  addCreateCommand(program, context);
  addListCommand(program, context);
  addShowCommand(program, context);
  addAttachCommand(program, context);
  addSendCommand(program, context);
  addLogsCommand(program, context);
  addExecCommand(program, context);
  addPullCommand(program, context);
  addDiffCommand(program, context);
  addMergeCommand(program, context);
  addPushCommand(program, context);
  addArchiveCommand(program, context);
  addUnarchiveCommand(program, context);
  addRecreateCommand(program, context);
  addDeleteCommand(program, context);
  addReconcileCommand(program, context);
  addRunCommand(program, context);
  addDaemonCommand(program, context);
  addDoctorCommand(program, context);
  addConfigCommand(program, context);
  addCredentialsCommand(program, context);
  return program;
}

/** Whether these arguments begin with the name of a command. */
export function namesCommand(program: Command, [first = ""]: readonly string[]): boolean {
  return program.commands.some((command) => command.name() === first || command.aliases().includes(first));
}

/** Parses and runs a command line; none at all prints help. A mistake in it becomes a Fault USAGE. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0) throw usageFault(thrown);
  }
}

function usageFault(cause: CommanderError): Fault {
  const [message = "", suggestion] = cause.message.replace(/^error: /, "").split("\n");
  const hint =
    suggestion?.replace(/^\(|\)$/g, "") ??
    "clauderon --help lists the commands, clauderon COMMAND --help their options";
  return new Fault("USAGE", message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, ""), { hint, cause });
}
