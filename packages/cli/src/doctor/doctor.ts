import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon doctor`: is everything there? */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .summary("check what sessions need, and tell what mends it")
    .description(
      "Checks what sessions need on this machine and, when the kubernetes backend is on, in the cluster, with the command that\n" +
        "mends what is missing. Exits with 1 when something is. Starts and changes nothing.",
    )
    .option("--json", "print JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { doctorCommand } = await import("./doctorCommand.ts");
      await doctorCommand(json, context);
    });
}
