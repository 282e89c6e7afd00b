import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon send NAME PROMPT`: a prompt to a running agent. */
export function addSendCommand(program: Command, context: CommandContext): void {
  program
    .command("send")
    .summary("send a prompt to a running session")
    .description(
      "Sends a prompt to the agent of a running session, and returns once the agent has received it. Run " +
        "`clauderon attach` to see the answer.",
    )
    .argument("<session>", "session name")
    .argument("[prompt]", "the prompt, or - to read it from standard input")
    .option("--prompt-file <file>", "read the prompt from a file, or from standard input with -")
    .option("--json", "print the result as JSON")
    .action(async (name: string, prompt: string | undefined, options: { promptFile?: string; json?: boolean }) => {
      const { sendCommand } = await import("./sendCommand.ts");
      const file = options.promptFile ?? (prompt === "-" ? "-" : undefined);
      const source = { text: prompt === "-" ? undefined : prompt, file };
      await sendCommand({ name, source, json: options.json ?? false }, context);
    });
}
