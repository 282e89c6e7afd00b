import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon unarchive NAME …` */
export function addUnarchiveCommand(program: Command, context: CommandContext): void {
  program
    .command("unarchive")
    .summary("take archived sessions up again")
    .description("Takes archived sessions up again, where their agents left off.")
    .argument("<session...>", "their names")
    .option("--json", "print JSON")
    .action(async (names: readonly string[], { json = false }: { json?: boolean }) => {
      const { changeCommand } = await import("../sessions/changeCommand.ts");
      await changeCommand("unarchive", { names, json }, context);
    });
}
