import { Fault } from "@clauderon/base";
import { Command, CommanderError } from "commander";
import type { CommandContext } from "./commandContext.ts";
import { addRunCommand } from "./commands/run.ts";

/** The whole command line. Usage errors are thrown as Faults; help and version end in a CommanderError with exit code 0. */
export function buildProgram(context: CommandContext, version: string): Command {
  const program = new Command("clauderon")
    .description("Coding agents on branches of their own, on this machine or in Kubernetes")
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  addRunCommand(program, context);
  return program;
}

/** Parses and runs a command line; a mistake in it becomes a Fault USAGE. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0 || thrown.code === "commander.help") return;
    const [message = "", suggestion] = thrown.message.replace(/^error: /, "").split("\n");
    throw new Fault("USAGE", message.charAt(0).toUpperCase() + message.slice(1), {
      hint: suggestion === undefined ? "clauderon --help shows every command" : suggestion.replace(/^\(|\)$/g, ""),
      cause: thrown,
    });
  }
}
