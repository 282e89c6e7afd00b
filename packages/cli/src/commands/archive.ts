import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon archive NAME …` */
export function addArchiveCommand(program: Command, context: CommandContext): void {
  program
    .command("archive")
    .summary("stop sessions and keep their work")
    .description(
      "Ends the agents of sessions and keeps their work: worktree, branch, volume, conversation.\n" +
        "clauderon unarchive takes them up again.",
    )
    .argument("<session...>", "their names")
    .option("--json", "print JSON")
    .action(async (names: readonly string[], { json = false }: { json?: boolean }) => {
      const { changeCommand } = await import("../sessions/changeCommand.ts");
      await changeCommand("archive", { names, json }, context);
    });
}
