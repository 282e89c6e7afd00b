import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon show NAME`: all that is known of a session. */
export function addShowCommand(program: Command, context: CommandContext): void {
  program
    .command("show")
    .summary("show all that is known of a session")
    .description("Shows all that is known of a session: what it is at, why it waits, and what to do about it.")
    .argument("<session>", "its name")
    .option("--json", "print JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { showCommand } = await import("./showCommand.ts");
      await showCommand({ name, json }, context);
    });
}
