import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon pull NAME`. */
export function addPullCommand(program: Command, context: CommandContext): void {
  program
    .command("pull")
    .summary("bring a session's work into your repository")
    .description(
      "Brings a session's work into your repository as it is now: its commits to the branch clauderon/<session>, its whole state,\n" +
        "uncommitted work too, to refs/clauderon/sessions/<session>/work. Your own checkout stays as it is.",
    )
    .argument("<session>", "its name")
    .option("--json", "print JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { pullCommand } = await import("./pullCommand.ts");
      await pullCommand({ name, json }, context);
    });
}
