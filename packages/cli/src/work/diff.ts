import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

interface DiffFlags {
  readonly stat?: boolean;
  readonly nameOnly?: boolean;
  readonly json?: boolean;
}

export function addDiffCommand(program: Command, context: CommandContext): void {
  program
    .command("diff")
    .summary("show the changes of a session")
    .description(
      "Pulls the session's work and shows what changed since the session began, including uncommitted " +
        "changes, in the format of `git diff`.",
    )
    .argument("<session>", "session name")
    .option("--stat", "show the number of changed lines per file")
    .option("--name-only", "show only the names of changed files")
    .option("--json", "print the changed files as JSON")
    .action(async (name: string, { stat = false, nameOnly = false, json = false }: DiffFlags) => {
      const { diffCommand } = await import("./diffCommand.ts");
      await diffCommand({ name, stat, nameOnly, json }, context);
    });
}
