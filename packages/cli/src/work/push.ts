import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

export function addPushCommand(program: Command, context: CommandContext): void {
  program
    .command("push")
    .summary("send your commits to a session")
    .description(
      "Sends the current commit of your checkout to a session.\n\n" +
        "A session without work of its own moves to that commit. Otherwise the agent's branch does not " +
        "change, and the command shows how the agent can merge the commits.",
    )
    .argument("<session>", "session name")
    .option("--json", "print the result as JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { pushCommand } = await import("./pullCommand.ts");
      await pushCommand({ name, json }, context);
    });
}
