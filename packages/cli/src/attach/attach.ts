import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

interface AttachOptions {
  readonly watch?: boolean;
  readonly takeOver?: boolean;
  readonly detachKeys?: string;
}

/** `clauderon attach NAME`: a session on this terminal. */
export function addAttachCommand(program: Command, context: CommandContext): void {
  program
    .command("attach")
    .summary("look at a session and type into it")
    .description(
      "Shows a session on this terminal, and types into it what you type. ctrl-p ctrl-q leaves it; it goes on without you.\n" +
        "Who attaches first types, the others watch; a connection that is lost is made again by itself.\n" +
        "Of a run of clauderon run it prints the steps until the run is over; Ctrl-C leaves it.",
    )
    .argument("<session>", "its name, or that of a run")
    .option("-w, --watch", "only look; Ctrl-C leaves too")
    .option("--take-over", "type, in the place of the one who does")
    .option("--detach-keys <keys>", "leave by these keys: characters and ctrl-<letter>, with commas between")
    .action(async (name: string, { watch = false, takeOver = false, detachKeys }: AttachOptions) => {
      const { attachCommand } = await import("./attachCommand.ts");
      await attachCommand({ name, watch, takeOver, detachKeys }, context);
    });
}
