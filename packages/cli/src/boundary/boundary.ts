import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # See whether the agent of web could get out
  clauderon boundary test web

  # Also try the database of another team
  clauderon boundary test web --also 10.0.3.7:5432`;

export function addBoundaryCommand(program: Command, context: CommandContext): void {
  program
    .command("boundary")
    .summary("test the boundary of a session")
    .command("test")
    .summary("try to get out of a session, as its agent could")
    .description(
      "Runs a program in a session that tries to get past the proxy, and to get by the proxy what the session may not have, " +
        "and prints what came of each attempt. The session must run and have a boundary. The attempts are in the audit log. " +
        "Exits with 1 if one gets through.",
    )
    .argument("<session>", "session name")
    .option("--also <address:port>", "another place that the agent must not reach; can be repeated", collected)
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, { also = [], json = false }: { also?: readonly string[]; json?: boolean }) => {
      const { boundaryTestCommand } = await import("./boundaryTestCommand.ts");
      await boundaryTestCommand({ name, also, json }, context);
    });
}

const collected = (value: string, before: readonly string[] = []) => [...before, value];
