import { Fault } from "@clauderon/base/fault";
import { Command, CommanderError } from "commander";
import type { CommandContext } from "./commandContext.ts";
import { addAttachCommand } from "./attach/attach.ts";
import { addConfigCommand } from "./settings/config.ts";
import { addBoundaryCommand } from "./boundary/boundary.ts";
import { addCreateCommand } from "./create/create.ts";
import { addCredentialsCommand } from "./credentials/credentials.ts";
import { addDaemonCommand } from "./daemon/daemon.ts";
import { addAuditCommand } from "./audit/audit.ts";
import { addArchiveAndRecreate } from "./sessions/archiveRecreate.ts";
import { addDeleteCommand } from "./sessions/delete.ts";
import { addDiffCommand } from "./work/diff.ts";
import { addDoctorCommand } from "./doctor/doctor.ts";
import { addEgressCommand } from "./egress/egress.ts";
import { addExecCommand } from "./attach/exec.ts";
import { addListCommand } from "./sessions/list.ts";
import { addLogsCommand } from "./attach/logs.ts";
import { addMergeCommand } from "./work/merge.ts";
import { addPullCommand } from "./work/pull.ts";
import { addPushCommand } from "./work/push.ts";
import { addReconcileCommand } from "./sessions/reconcile.ts";
import { addRunCommand } from "./run/run.ts";
import { addSendCommand } from "./sessions/send.ts";
import { addSetAccessModeCommand } from "./egress/setAccessMode.ts";
import { addShowCommand } from "./sessions/show.ts";

/**
 * The whole command line without completion, which the caller adds when it needs it. Throws usage errors as Faults; help
 * and version end in a CommanderError with exit code 0.
 */
export function buildProgram(context: CommandContext, version: string): Command {
  const program = new Command("clauderon")
    .description("Run coding agents in sessions, each on its own git branch, on this machine or in Kubernetes")
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
  addArchiveAndRecreate(program, context);
  addDeleteCommand(program, context);
  addReconcileCommand(program, context);
  addRunCommand(program, context);
  addDaemonCommand(program, context);
  addDoctorCommand(program, context);
  addConfigCommand(program, context);
  addCredentialsCommand(program, context);
  addEgressCommand(program, context);
  addSetAccessModeCommand(program, context);
  addBoundaryCommand(program, context);
  addAuditCommand(program, context);
  return program;
}

/** Whether these arguments begin with a command's name. */
export function namesCommand(program: Command, [first = ""]: readonly string[]): boolean {
  return program.commands.some((command) => command.name() === first || command.aliases().includes(first));
}

/** Parses and runs a command line; an empty one prints help. A mistake in the command line becomes a Fault USAGE. */
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
    "Run `clauderon --help` to list the commands, or `clauderon COMMAND --help` for their options";
  return new Fault("USAGE", message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, ""), { hint, cause });
}
