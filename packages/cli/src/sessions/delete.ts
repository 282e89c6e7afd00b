import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { DeleteRequest } from "./deleteCommand.ts";

export function addDeleteCommand(program: Command, context: CommandContext): void {
  program
    .command("delete")
    .alias("rm")
    .summary("delete sessions")
    .description(
      "Deletes sessions with everything that was created for them, and frees their disk space. Returns once " +
        "all of it is gone.\n\n" +
        "Work that exists nowhere else is first saved in your repository, as " +
        "refs/clauderon/rescued/<session>.\n\n" +
        "A session whose cluster is gone for good, or is another one now, can be deleted with --orphan: the command keeps " +
        "the work that was fetched, leaves everything in the cluster as it is, and prints what is left where.",
    )
    .argument("<session...>", "session names")
    .option("--discard-work", "do not save work that exists nowhere else")
    .option("--orphan", "delete only what is on this machine; refused while the session's cluster can be reached")
    .option("--json", "print the deleted sessions as JSON")
    .action(async (names: readonly string[], options: Partial<DeleteRequest>) => {
      const { discardWork = false, orphan = false, json = false } = options;
      const { deleteCommand } = await import("./deleteCommand.ts");
      await deleteCommand({ names, discardWork, orphan, json }, context);
    });
}
