import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import { readManifests } from "../run/manifestFiles.ts";
import { parseCheckouts } from "../run/model/checkouts.ts";
import { describeRun } from "../run/model/describeRun.ts";
import { notesOn } from "../run/model/notes.ts";
import { ManifestValues } from "../run/model/valuesFrom.ts";
import { checkManifests, resolveManifests } from "../run/resolveManifests.ts";
import { faultOf, runAgentJob } from "../run/runAgentJob.ts";

interface RunOptions {
  readonly filename: readonly string[];
  readonly repository: readonly string[];
  readonly json?: boolean;
}

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

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
    .requiredOption(
      "-f, --filename <file>",
      "manifests: a file, a folder, or - for standard input; may be repeated",
      collect,
      [],
    )
    .option(
      "--repository <name=path>",
      "a checkout of yours in the place of a Repository: the agent works in a worktree of it, on a branch of its own; may be repeated",
      collect,
      [],
    )
    .option("--json", "print the result as JSON on standard output, the agent's steps on standard error")
    .action((name: string | undefined, options: RunOptions) => run(name, options, context));
}

async function run(name: string | undefined, options: RunOptions, context: CommandContext): Promise<void> {
  const manifests = checkManifests(readManifests(options.filename));
  const resolved = resolveManifests(manifests, name);
  const checkouts = parseCheckouts(options.repository, resolved);
  const values = new ManifestValues(manifests, (text) => Buffer.from(text, "base64").toString());
  for (const note of notesOn(resolved)) context.note(note);
  const finished = await runAgentJob(
    { resolved, values, checkouts, output: options.json === true ? 2 : 1, onStart: context.stopOnSignal },
    context.config,
  );
  for (const { name, worktree } of finished.works) {
    if (worktree.leftOut)
      context.note(`${name}: uncommitted changes of ${worktree.repository} were not part of the run`);
  }
  context.print(options.json === true ? JSON.stringify(finished, null, 2) : describeRun(finished));
  const fault = faultOf(resolved.job, finished);
  if (fault !== undefined) throw fault;
}
