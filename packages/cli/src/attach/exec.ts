import { Fault } from "@clauderon/base/fault";
import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon exec NAME -- COMMAND`: a command where the agent works. */
export function addExecCommand(program: Command, context: CommandContext): void {
  program
    .command("exec")
    .summary("run a command where a session's agent works")
    .description(
      "Runs a command in the working directory of a session, with its agent's environment: in a terminal of its own when\n" +
        "this is one. Exits as the command does. Its output passes as it is, unfiltered: in a session of which you trust\n" +
        "nothing, look with clauderon attach or logs, which let no sequence through that acts beyond the screen.",
    )
    .argument("<session>", "its name")
    .argument("<command...>", "the command and its arguments")
    .option("-T, --no-tty", "no terminal, also when this is one")
    .passThroughOptions()
    .action(async (name: string, words: readonly string[], { tty }: { tty: boolean }) => {
      const argv = words[0] === "--" ? words.slice(1) : words;
      if (argv.length === 0)
        throw new Fault("USAGE", "No command is given", { hint: `clauderon exec ${name} -- COMMAND` });
      const { execCommand } = await import("./execCommand.ts");
      await execCommand({ name, argv, tty }, context);
    });
}
