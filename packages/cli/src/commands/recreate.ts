import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon recreate NAME …` */
export function addRecreateCommand(program: Command, context: CommandContext): void {
  program
    .command("recreate")
    .summary("give sessions a new process or pod")
    .description(
      "Gives sessions a new process or pod on the work they have: after a crash, a lost node, or a new image.\n" +
        "The agent goes on with its conversation.",
    )
    .argument("<session...>", "their names")
    .option("--json", "print JSON")
    .action(async (names: readonly string[], { json = false }: { json?: boolean }) => {
      const { changeCommand } = await import("../sessions/changeCommand.ts");
      await changeCommand("recreate", { names, json }, context);
    });
}
