import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # Print the output so far
  clauderon logs web

  # Follow the output
  clauderon logs --follow web`;

export function addLogsCommand(program: Command, context: CommandContext): void {
  program
    .command("logs")
    .summary("print the terminal output of a session")
    .description(
      "Prints the terminal output of a session, from the oldest output that is kept: with colors on a " +
        "terminal, as plain text elsewhere.\n\n" +
        "To see the daemon's own log, open daemon.log in CLAUDERON_HOME (default: ~/.clauderon).",
    )
    .argument("<session>", "session name")
    .option("-f, --follow", "keep printing new output, until Ctrl-C or the end of the session")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, { follow = false }: { follow?: boolean }) => {
      const { logsCommand } = await import("./logsCommand.ts");
      await logsCommand({ name, follow }, context);
    });
}
