import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { Change } from "./archiveRecreateCommand.ts";

/** The help of each command that changes sessions. */
const HELP: Readonly<Record<Change, { readonly summary: string; readonly description: string }>> = {
  archive: {
    summary: "stop sessions and keep their work",
    description:
      "Stops the agents of sessions and keeps their work: worktree, branch, volume and conversation. " +
      "Run `clauderon unarchive` to resume them. Archived sessions still use disk space: `clauderon delete` frees it.",
  },
  unarchive: {
    summary: "resume archived sessions",
    description: "Starts the agents of archived sessions again. Each one continues its conversation.",
  },
  recreate: {
    summary: "restart sessions in a new process or pod",
    description:
      "Starts a new process or pod for each session, on its existing work: after a crash, a lost node, a new image or a " +
      "new credential. The agent continues its conversation.",
  },
};

/** `clauderon archive NAME …`, `clauderon unarchive NAME …`, `clauderon recreate NAME …` */
export function addArchiveAndRecreate(program: Command, context: CommandContext): void {
  for (const change of ["archive", "unarchive", "recreate"] as const) {
    program
      .command(change)
      .summary(HELP[change].summary)
      .description(HELP[change].description)
      .argument("<session...>", "session names")
      .option("--json", "print the sessions as JSON")
      .action(async (names: readonly string[], { json = false }: { json?: boolean }) => {
        const { archiveOrRecreate } = await import("./archiveRecreateCommand.ts");
        await archiveOrRecreate(change, { names, json }, context);
      });
  }
}
