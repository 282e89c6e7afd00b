import type { SessionSpec } from "@clauderon/protocol";
import { Argument, type Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # From now on, let the agent of web only read from the services that it reaches
  clauderon set-access-mode web ReadOnly`;

export function addSetAccessModeCommand(program: Command, context: CommandContext): void {
  program
    .command("set-access-mode")
    .summary("let a running agent write to services, or only read")
    .description(
      "Changes what the agent of a session may do to the services that it reaches, while it runs and after each restart. " +
        "ReadOnly lets it fetch but not push, and query but not change; the API of its model always works. The session must " +
        "have been created with --egress. Returns when the proxy knows the change.",
    )
    .argument("<session>", "session name")
    .addArgument(new Argument("<mode>", "access mode").choices(["ReadWrite", "ReadOnly"]))
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, mode: SessionSpec["accessMode"], { json = false }: { json?: boolean }) => {
      const { setAccessModeCommand } = await import("./egressCommand.ts");
      await setAccessModeCommand({ name, mode, json }, context);
    });
}
