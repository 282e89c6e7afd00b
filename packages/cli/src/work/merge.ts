import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # Review a session's work, then merge it
  clauderon diff web
  clauderon merge web

  # Merge uncommitted changes too
  clauderon merge --uncommitted web

  # Undo the merge
  git reset --keep ORIG_HEAD`;

export function addMergeCommand(program: Command, context: CommandContext): void {
  program
    .command("merge")
    .summary("merge a session's work into your branch")
    .description(
      "Pulls the session's work and merges its commits with `git merge` into the current branch of your " +
        "checkout: the worktree you are in, if it belongs to the session's repository; otherwise the checkout " +
        "the session was created from.\n\n" +
        "git refuses to overwrite uncommitted changes of yours. If there are conflicts, resolve and commit " +
        "them, or run `git merge --abort`. To undo a finished merge, run `git reset --keep ORIG_HEAD` " +
        "in that checkout before you commit anything else. To take a session's work to another clone, pull it, " +
        "then fetch the branch clauderon/<session> there.",
    )
    .argument("<session>", "session name")
    .option("--uncommitted", "also merge uncommitted changes, as a separate commit")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, flags: { uncommitted?: boolean; json?: boolean }) => {
      const { uncommitted = false, json = false } = flags;
      const { mergeCommand } = await import("./mergeCommand.ts");
      await mergeCommand({ name, uncommitted, json }, context);
    });
}
