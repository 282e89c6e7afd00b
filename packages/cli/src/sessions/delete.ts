import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon delete NAME …`: ends sessions for good. */
export function addDeleteCommand(program: Command, context: CommandContext): void {
  program
    .command("delete")
    .alias("rm")
    .summary("delete sessions")
    .description(
      "Deletes sessions and everything made for them, and returns once it is gone. Work that is nowhere else is kept in your\n" +
        "repository first, as refs/clauderon/rescued/<session>.",
    )
    .argument("<session...>", "their names")
    .option("--discard-work", "do not keep work that is nowhere else")
    .option("--json", "print JSON")
    .action(async (names: readonly string[], options: { discardWork?: boolean; json?: boolean }) => {
      const { discardWork = false, json = false } = options;
      const { deleteCommand } = await import("./deleteCommand.ts");
      await deleteCommand({ names, discardWork, json }, context);
    });
}
