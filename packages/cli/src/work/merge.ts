import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon merge NAME`. */
export function addMergeCommand(program: Command, context: CommandContext): void {
  program
    .command("merge")
    .summary("merge a session's work into your branch")
    .description(
      "Pulls a session's work and merges its commits, by git merge, into the branch of the worktree you stand in, when that is one of\n" +
        "the session's repository, else of the checkout it was created from. Changes of yours that would be overwritten stop it;\n" +
        "after conflicts, git merge --abort takes you back.",
    )
    .argument("<session>", "its name")
    .option("--uncommitted", "take work that is not committed too, as a commit of its own")
    .option("--json", "print JSON")
    .action(async (name: string, flags: { uncommitted?: boolean; json?: boolean }) => {
      const { uncommitted = false, json = false } = flags;
      const { mergeCommand } = await import("./mergeCommand.ts");
      await mergeCommand({ name, uncommitted, json }, context);
    });
}
