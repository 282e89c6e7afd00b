import { type Command, Option } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { SuggestionFormat } from "./model/suggestionText.ts";

const EXAMPLES = `
Examples:
  # Show what the agent of web may reach, and what was refused
  clauderon egress web

  # Let it reach a host from now on
  clauderon egress allow web example.com

  # Let an agent reach what it needs once, and see what to allow from then on
  clauderon create --sandbox --egress record --name web --prompt "Build the project"
  clauderon egress suggest web`;

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
  egress
    .command("suggest")
    .summary("show the least list of hosts for a session")
    .description(
      "Compares the hosts that a session allows with what its agent asked for, and prints the difference in the form of " +
        "config.toml. With mode record, an agent reaches what it needs, and the list is complete. Read it before you use " +
        "it: the agent chose the hosts.",
    )
    .argument("<session>", "session name")
    .addOption(
      new Option("--format <format>", "diff, toml for the list in config.toml, yaml for an AgentJob")
        .choices(["diff", "toml", "yaml"])
        .default("diff"),
    )
    .option("--refused", "add hosts that were refused")
    .option("--json", "print the counts as JSON")
    .action(async (name: string, { format, refused = false, json = false }: SuggestFlags) => {
      const { suggestCommand } = await import("./egressCommand.ts");
      await suggestCommand({ name, format, refused, json }, context);
    });
}

interface SuggestFlags {
  readonly format: SuggestionFormat;
  readonly refused?: boolean;
  readonly json?: boolean;
}
