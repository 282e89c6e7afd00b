import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon list`: the sessions. */
export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command("list")
    .alias("ls")
    .summary("list sessions")
    .description("Lists the sessions of this user, by name, with what each of them is at.")
    .option("-w, --watch", "stay and show every change, until Ctrl-C")
    .option("--json", "print JSON; with --watch one event a line")
    .action(async ({ json = false, watch = false }: { json?: boolean; watch?: boolean }) => {
      const { listCommand } = await import("../sessions/listCommand.ts");
      await listCommand({ json, watch }, context);
    });
}
