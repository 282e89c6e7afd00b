import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # Show what the agent of web may reach, and what was refused
  clauderon egress web

  # Let it reach a host from now on
  clauderon egress allow web example.com`;

export function addEgressCommand(program: Command, context: CommandContext): void {
  const egress = program
    .command("egress")
    .summary("show or change what a session may reach")
    .description(
      "Shows which hosts the agent of a session may reach, and what the proxy refused lately. The session must have been " +
        "created with --egress.",
    )
    .argument("<session>", "session name")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { egressCommand } = await import("./egressCommand.ts");
      await egressCommand({ name, json }, context);
    });
  egress
    .command("allow")
    .summary("let a session reach a host")
    .description("Lets the agent of a session reach a host. Returns when the proxy lets it pass.")
    .argument("<session>", "session name")
    .argument("<host>", "the host, or *.name for every host below that name")
    .option("--json", "print the result as JSON")
    .action(async (name: string, host: string, { json = false }: { json?: boolean }) => {
      const { allowCommand } = await import("./egressCommand.ts");
      await allowCommand({ name, host, json }, context);
    });
}
