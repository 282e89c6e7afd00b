import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon doctor`: checks what sessions need. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .summary("check requirements and show how to fix problems")
    .description(
      "Checks the requirements of sessions on this machine and, if the kubernetes backend is enabled, in " +
        "the cluster. Shows how to fix each problem.\n\n" +
        "Exits with 1 if something required is missing. Starts and changes nothing.",
    )
    .option("--sandbox", "also run node, python, cargo and other tools in the sandbox of --sandbox sessions")
    .option("--json", "print the findings as JSON")
    .action(async ({ json = false, sandbox = false }: { json?: boolean; sandbox?: boolean }) => {
      const { doctorCommand } = await import("./doctorCommand.ts");
      await doctorCommand({ json, sandbox }, context);
    });
}
