import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon push NAME`. */
export function addPushCommand(program: Command, context: CommandContext): void {
  program
    .command("push")
    .summary("send your commits to a session")
    .description(
      "Sends the commit that your checkout is at to a session. A session with nothing of its own is taken there; else its agent is\n" +
        "left alone, and you are told how it can take the commits.",
    )
    .argument("<session>", "its name")
    .option("--json", "print JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { pushCommand } = await import("./pullCommand.ts");
      await pushCommand({ name, json }, context);
    });
}
