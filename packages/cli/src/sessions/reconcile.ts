import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon reconcile`: what is wanted against what there is. */
export function addReconcileCommand(program: Command, context: CommandContext): void {
  program
    .command("reconcile")
    .summary("compare registry, disk and cluster, and repair")
    .description(
      "Compares what sessions there are with what is on this machine and in the cluster, repairs what can be, and tells of\n" +
        "orphans: things made for sessions that no registry knows. They are deleted only with --prune.",
    )
    .option("--prune", "delete orphans")
    .option("--json", "print JSON")
    .action(async ({ prune = false, json = false }: { prune?: boolean; json?: boolean }) => {
      const { reconcileCommand } = await import("./reconcileCommand.ts");
      await reconcileCommand({ prune, json }, context);
    });
}
