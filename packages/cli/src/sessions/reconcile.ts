import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon reconcile`: compares the registry with disk and cluster. */
export function addReconcileCommand(program: Command, context: CommandContext): void {
  program
    .command("reconcile")
    .summary("compare sessions with disk and cluster, and repair them")
    .description(
      "Compares the sessions in the registry with what exists on this machine and in the cluster, and " +
        "repairs what it can.\n\n" +
        "Lists orphans: session folders on this machine, and pods and volume claims in the cluster, that belong " +
        "to no session. Only --prune deletes them. It never deletes a volume claim. It keeps a pod that may still " +
        "run and a folder whose work it cannot save, and explains what to do.",
    )
    .option("--prune", "delete orphans")
    .option("--json", "print the result as JSON")
    .action(async ({ prune = false, json = false }: { prune?: boolean; json?: boolean }) => {
      const { reconcileCommand } = await import("./reconcileCommand.ts");
      await reconcileCommand({ prune, json }, context);
    });
}
