import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon list`: the sessions. */
export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command("list")
    .alias("ls")
    .summary("list sessions")
    .description(
      "Lists the sessions of this user, by name, with what each of them is at; and the runs of clauderon run that go on.",
    )
    .option("-w, --watch", "stay and show every change, until Ctrl-C")
    .option("-a, --all", "also runs that are over")
    .option("--json", "print JSON; with --watch one event a line")
    .action(
      async ({ json = false, watch = false, all = false }: { json?: boolean; watch?: boolean; all?: boolean }) => {
        const { listCommand } = await import("./listCommand.ts");
        await listCommand({ json, watch, all }, context);
      },
    );
}
