import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

export function addPullCommand(program: Command, context: CommandContext): void {
  program
    .command("pull")
    .summary("fetch a session's work into your repository")
    .description(
      "Fetches the session's current work into your repository: its commits to the branch " +
        "clauderon/<session>, and everything including uncommitted changes to " +
        "refs/clauderon/sessions/<session>/work. Your checkout does not change.\n\n" +
        "Run `clauderon diff` to review the work and `clauderon merge` to merge it.",
    )
    .argument("<session>", "session name")
    .option("--json", "print the result as JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { pullCommand } = await import("./pullCommand.ts");
      await pullCommand({ name, json }, context);
    });
}
