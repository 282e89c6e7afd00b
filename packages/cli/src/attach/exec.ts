import { Fault } from "@clauderon/base/fault";
import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # See what the agent has changed so far
  clauderon exec web -- git status

  # Open a shell beside the agent
  clauderon exec web -- bash`;

/** `clauderon exec NAME -- COMMAND`: a command where the agent works. */
export function addExecCommand(program: Command, context: CommandContext): void {
  program
    .command("exec")
    .summary("run a command in a session")
    .description(
      "Runs a command in the working directory of a session, with the environment of its agent, and exits " +
        "with the command's exit code. On a terminal, the command gets a terminal too.\n\n" +
        "The output is not filtered. If you do not trust a session, use `clauderon attach` or `clauderon " +
        "logs` instead: they pass nothing to your terminal that acts beyond its screen.",
    )
    .argument("<session>", "session name")
    .argument("<command...>", "the command and its arguments")
    .option("-T, --no-tty", "do not give the command a terminal")
    .addHelpText("after", EXAMPLES)
    .passThroughOptions()
    .action(async (name: string, words: readonly string[], { tty }: { tty: boolean }) => {
      const argv = words[0] === "--" ? words.slice(1) : words;
      if (argv.length === 0)
        throw new Fault("USAGE", "No command given", { hint: `Run \`clauderon exec ${name} -- COMMAND\`` });
      const { execCommand } = await import("./execCommand.ts");
      await execCommand({ name, argv, tty }, context);
    });
}
