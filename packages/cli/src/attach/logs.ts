import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon logs NAME`: what a session's terminal has shown. */
export function addLogsCommand(program: Command, context: CommandContext): void {
  program
    .command("logs")
    .summary("print what a session's terminal has shown")
    .description(
      "Prints what a session's terminal has shown, as far back as it is kept: with colours on a terminal, as plain text elsewhere.",
    )
    .argument("<session>", "its name")
    .option("-f, --follow", "go on with what comes, until Ctrl-C or the session's end")
    .action(async (name: string, { follow = false }: { follow?: boolean }) => {
      const { logsCommand } = await import("./logsCommand.ts");
      await logsCommand({ name, follow }, context);
    });
}
