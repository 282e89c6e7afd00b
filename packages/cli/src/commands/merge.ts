import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon merge NAME`. */
export function addMergeCommand(program: Command, context: CommandContext): void {
  program
    .command("merge")
    .summary("merge a session's work into your branch")
    .description(
      "Pulls a session's work and merges its commits into the branch of your checkout, by git merge. Changes of yours that would\n" +
        "be overwritten stop it; after conflicts, git merge --abort takes you back.",
    )
    .argument("<session>", "its name")
    .option("--uncommitted", "take work that is not committed too, as a commit of its own")
    .option("--json", "print JSON")
    .action(async (name: string, flags: { uncommitted?: boolean; json?: boolean }) => {
      const { uncommitted = false, json = false } = flags;
      const { mergeCommand } = await import("../work/mergeCommand.ts");
      await mergeCommand({ name, uncommitted, json }, context);
    });
}
