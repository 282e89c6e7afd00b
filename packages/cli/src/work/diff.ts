import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

interface DiffFlags {
  readonly stat?: boolean;
  readonly nameOnly?: boolean;
  readonly json?: boolean;
}

/** `clauderon diff NAME`. */
export function addDiffCommand(program: Command, context: CommandContext): void {
  program
    .command("diff")
    .summary("show what a session has changed")
    .description(
      "Pulls a session's work and shows what it has changed since it began, uncommitted work too, as git diff does.",
    )
    .argument("<session>", "its name")
    .option("--stat", "show how much of each file is changed")
    .option("--name-only", "show the names of changed files")
    .option("--json", "print the changed files as JSON")
    .action(async (name: string, { stat = false, nameOnly = false, json = false }: DiffFlags) => {
      const { diffCommand } = await import("./diffCommand.ts");
      await diffCommand({ name, stat, nameOnly, json }, context);
    });
}
