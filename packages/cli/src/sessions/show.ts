import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

export function addShowCommand(program: Command, context: CommandContext): void {
  program
    .command("show")
    .summary("show the details of a session")
    .description("Shows the details of a session: its state, what it is waiting for, and how to fix it.")
    .argument("<session>", "session name")
    .option("--json", "print the session as JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { showCommand } = await import("./showCommand.ts");
      await showCommand({ name, json }, context);
    });
}
