import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

export function addDeleteCommand(program: Command, context: CommandContext): void {
  program
    .command("delete")
    .alias("rm")
    .summary("delete sessions")
    .description(
      "Deletes sessions with everything that was created for them, and frees their disk space. Returns once " +
        "all of it is gone.\n\n" +
        "Work that exists nowhere else is first saved in your repository, as " +
        "refs/clauderon/rescued/<session>.",
    )
    .argument("<session...>", "session names")
    .option("--discard-work", "do not save work that exists nowhere else")
    .option("--json", "print the deleted sessions as JSON")
    .action(async (names: readonly string[], options: { discardWork?: boolean; json?: boolean }) => {
      const { discardWork = false, json = false } = options;
      const { deleteCommand } = await import("./deleteCommand.ts");
      await deleteCommand({ names, discardWork, json }, context);
    });
}
