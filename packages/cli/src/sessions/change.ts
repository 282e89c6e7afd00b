import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { Change } from "./changeCommand.ts";

/** What each command that changes sessions says of itself. */
const HELP: Readonly<Record<Change, { readonly summary: string; readonly description: string }>> = {
  archive: {
    summary: "stop sessions and keep their work",
    description:
      "Ends the agents of sessions and keeps their work: worktree, branch, volume, conversation.\n" +
      "clauderon unarchive takes them up again.",
  },
  unarchive: {
    summary: "take archived sessions up again",
    description: "Takes archived sessions up again, where their agents left off.",
  },
  recreate: {
    summary: "give sessions a new process or pod",
    description:
      "Gives sessions a new process or pod on the work they have: after a crash, a lost node, or a new image.\n" +
      "The agent goes on with its conversation.",
  },
};

/** `clauderon archive NAME …`, `clauderon unarchive NAME …`, `clauderon recreate NAME …` */
export function addChangeCommands(program: Command, context: CommandContext): void {
  for (const change of ["archive", "unarchive", "recreate"] as const) {
    program
      .command(change)
      .summary(HELP[change].summary)
      .description(HELP[change].description)
      .argument("<session...>", "their names")
      .option("--json", "print JSON")
      .action(async (names: readonly string[], { json = false }: { json?: boolean }) => {
        const { changeCommand } = await import("./changeCommand.ts");
        await changeCommand(change, { names, json }, context);
      });
  }
}
