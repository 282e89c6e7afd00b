import { Fault } from "@clauderon/base/fault";
import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** What `clauderon run` was asked. */
export interface RunRequest {
  /** Of the AgentJob; needed when the manifests hold several. */
  readonly name: string | undefined;
  readonly filenames: readonly string[];
  /** As `NAME=PATH`. */
  readonly repositories: readonly string[];
  readonly json: boolean;
}

interface RunOptions {
  readonly filename?: readonly string[];
  readonly repository?: readonly string[];
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  clauderon run -f agentjob.yaml --repository web=~/src/web
  clauderon run -f manifests/ nightly-fix
  kubectl get agentjobs,agentroles,agentruntimes,agentauths -o yaml | clauderon run -f - nightly-fix`;

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** `clauderon run -f FILE … [NAME]`: runs an AgentJob on this machine, once, now. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command("run")
    .summary("run an AgentJob on this machine")
    .description(
      "Runs an AgentJob on this machine, once, now: the same manifests, checks and runner as in the cluster, without one.\n" +
        "The agent's credential comes from the variable that the AgentRuntime names, or from a Secret in the files.",
    )
    .argument("[name]", "the AgentJob to run, when the files hold several")
    .option("-f, --filename <file>", "manifests: a file, a folder, or - for standard input; may be repeated", collect)
    .option(
      "--repository <name=path>",
      "a checkout of yours in the place of a Repository: the agent works in a worktree of it, on a branch of its own; may be repeated",
      collect,
    )
    .option("--json", "print the result as JSON on standard output, the agent's steps on standard error")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string | undefined, options: RunOptions) => {
      const { filename: filenames, repository: repositories = [], json = false } = options;
      if (filenames === undefined) {
        throw new Fault("USAGE", "No manifests are given", {
          hint: "clauderon run -f FILE, or -f - for standard input",
        });
      }
      const { runCommand } = await import("./runCommand.ts"); // Late: a TAB must not wait for the schemas.
      await runCommand({ name, filenames, repositories, json }, context);
    });
}
