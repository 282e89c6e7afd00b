import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { ListRequest } from "./listCommand.ts";

export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command("list")
    .alias("ls")
    .summary("list sessions")
    .description(
      "Lists your sessions and their state, by name, and the runs of `clauderon run` that are running.\n\n" +
        "PHASE is the state of the session, ACTIVITY that of its agent. WaitingForPermission or " +
        "WaitingForInput means that the agent waits for you: run `clauderon logs` to see its question, and " +
        "`clauderon attach` to answer.",
    )
    .option("-w, --watch", "keep watching and show every change, until Ctrl-C")
    .option("-a, --all", "include finished runs")
    .option(
      "--wide",
      "add columns for the boundary and for what the agent's model used and cost, as the proxy counts it",
    )
    .option("--json", "print JSON; with --watch, one event per line")
    .action(async ({ json = false, watch = false, all = false, wide = false }: Partial<ListRequest>) => {
      const { listCommand } = await import("./listCommand.ts");
      await listCommand({ json, watch, all, wide }, context);
    });
}
