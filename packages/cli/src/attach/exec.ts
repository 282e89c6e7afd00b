import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import { readExecWords } from "./model/execWords.ts";

const EXAMPLES = `
Examples:
  # See what the agent has changed so far
  clauderon exec web -- git status

  # Open a shell beside the agent
  clauderon exec web -- bash

  # Open an editor that asks your terminal what it can do
  clauderon exec web -t -- vim`;

export function addExecCommand(program: Command, context: CommandContext): void {
  program
    .command("exec")
    .summary("run a command in a session")
    .description(
      "Runs a command in the working directory of a session, with the environment of its agent, and exits " +
        "with the command's exit code. On a terminal, the command gets a terminal too.\n\n" +
        "Nothing reaches your terminal that acts beyond its screen, such as writing to the clipboard. With " +
        "--tty, the command has your terminal as it is, unfiltered: use it only in a session that you trust. " +
        "Output to a file or a pipe is never changed.\n\n" +
        "Options end at -- or at the command. They can come before or after the session name.",
    )
    .argument("<session>", "session name")
    .argument("<command...>", "the command and its arguments")
    .option("-t, --tty", "give the command your terminal unfiltered")
    .option("-T, --no-tty", "do not give the command a terminal")
    .option("-i, --stdin", "accepted for users of kubectl; standard input is always passed")
    .addHelpText("after", EXAMPLES)
    .passThroughOptions()
    .action(async (name: string, words: readonly string[], options: { readonly tty?: boolean }) => {
      const { tty, argv } = readExecWords(name, words, options.tty);
      const { execCommand } = await import("./execCommand.ts");
      await execCommand({ name, argv, tty }, context);
    });
}
