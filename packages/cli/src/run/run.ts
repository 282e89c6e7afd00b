import { Fault } from "@clauderon/base/fault";
import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

interface RunOptions {
  readonly filename?: readonly string[];
  readonly repository?: readonly string[];
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  # Run the AgentJob of a file on your own checkout of the Repository "web"
  clauderon run -f agentjob.yaml --repository web=~/src/web

  # Run one of the AgentJobs in a folder
  clauderon run -f manifests/ nightly-fix

  # Run an AgentJob of a cluster on this machine
  kubectl get agentjobs,agentroles,agentruntimes,agentauths -o yaml | clauderon run -f - nightly-fix`;

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command("run")
    .summary("run an AgentJob on this machine")
    .description(
      "Runs an AgentJob once on this machine, without a cluster, with the same manifests, checks and runner " +
        "as in the cluster.\n\n" +
        "The agent's credential comes from the environment variable that the AgentRuntime names " +
        "(spec.authEnvVar), or from a Secret in the manifests. While the agent works, its steps are printed; " +
        "afterwards, the branch and the commits. Ctrl-C stops the agent and keeps its work.",
    )
    .argument("[name]", "AgentJob to run; required if the manifests contain several")
    .option("-f, --filename <file>", "manifests: a file, a folder, or - for standard input; can be repeated", collect)
    .option(
      "--repository <name=path>",
      "use your checkout for a Repository: the agent works in a worktree of it, on a new branch; can be repeated",
      collect,
    )
    .option("--json", "print the result as JSON, and the agent's steps on standard error")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string | undefined, options: RunOptions) => {
      const { filename: filenames, repository: repositories = [], json = false } = options;
      if (filenames === undefined) {
        throw new Fault("USAGE", "No manifests given", {
          hint: "Run `clauderon run -f FILE`, or use -f - for standard input",
        });
      }
      const { runCommand } = await import("./runCommand.ts"); // Late: a TAB must not wait for the schemas.
      await runCommand({ name, filenames, repositories, json }, context);
    });
}
