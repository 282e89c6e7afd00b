import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

interface AttachOptions {
  readonly watch?: boolean;
  readonly takeOver?: boolean;
  readonly detachKeys?: string;
}

const EXAMPLES = `
Examples:
  # Answer an agent that waits for you
  clauderon attach web

  # Watch, while someone else types
  clauderon attach --watch web

  # Type, although another viewer does
  clauderon attach --take-over web`;

export function addAttachCommand(program: Command, context: CommandContext): void {
  program
    .command("attach")
    .summary("attach to a session and type into it")
    .description(
      "Shows a session in this terminal and sends it what you type. Ctrl-P Ctrl-Q detaches; the session " +
        "keeps running.\n\n" +
        "The first viewer to attach types, and the others watch. Only your own user can attach. A lost connection is restored " +
        "automatically.\n\n" +
        "For a run of `clauderon run`, prints its steps until it finishes; Ctrl-C detaches.",
    )
    .argument("<session>", "name of a session or run")
    .option("-w, --watch", "watch without typing; Ctrl-C also detaches")
    .option("--take-over", "take over typing from the current writer")
    .option(
      "--detach-keys <keys>",
      "keys that detach: characters and ctrl-<letter>, separated by commas (default: ctrl-p,ctrl-q)",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, { watch = false, takeOver = false, detachKeys }: AttachOptions) => {
      const { attachCommand } = await import("./attachCommand.ts");
      await attachCommand({ name, watch, takeOver, detachKeys }, context);
    });
}
