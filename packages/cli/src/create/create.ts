import { type Command, Option } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { CreateFlags } from "./model/createRequest.ts";

interface CreateOptions extends CreateFlags {
  readonly repo: string;
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly print?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  clauderon create --repo ~/project --prompt "Fix the failing test"
  clauderon create --backend kubernetes --cpu-limit 4 --memory-limit 8Gi --repo ~/project --prompt "Heavy computation"
  git diff | clauderon create --prompt-file - --print`;

/** Flags that take a value, each with its help text. */
const VALUES = [
  ["--model <model>", "the agent's model"],
  ["--image <image>", "kubernetes: the container's image"],
  ["--cpu-limit <quantity>", "kubernetes: such as 4 or 500m"],
  ["--memory-limit <quantity>", "kubernetes: such as 8Gi"],
  ["--base <commit>", "begin at this commit or branch, instead of the checkout as it is"],
] as const;

/** `clauderon create`: a new session. */
export function addCreateCommand(program: Command, context: CommandContext): void {
  const create = program
    .command("create")
    .summary("make a session: an agent on a branch of its own")
    .description(
      "Gives an agent a branch and a worktree of its own, with your checkout as it is now: commits, staged, unstaged and\n" +
        "untracked files. On a terminal it is shown at once; else, in a shell's background, or with --detach, its name is\n" +
        "printed once it runs.",
    )
    .option("--repo <path>", "your checkout", ".")
    .option("--prompt <text>", "what the agent shall do")
    .option("--prompt-file <file>", "the same from a file, - for standard input")
    .option("--name <name>", "of the session; chosen when left out");
  choices(create, "--backend <backend>", "where it runs", ["local", "kubernetes"]);
  choices(create, "--agent <agent>", "which agent", ["claude-code", "codex", "gemini"]);
  choices(create, "--permission-mode <mode>", "what it may do without asking", [
    "default",
    "acceptEdits",
    "plan",
    "bypassPermissions",
  ]);
  choices(create, "--access-mode <mode>", "what it may do to services it reaches; ReadOnly is refused for now", [
    "ReadWrite",
    "ReadOnly",
  ]);
  for (const [flags, description] of VALUES) create.option(flags, description);
  choices(create, "--pull-policy <policy>", "kubernetes: when the image is pulled", [
    "Always",
    "IfNotPresent",
    "Never",
  ]);
  create
    .option("--env <name=value>", "a variable for the agent that is no secret; can be repeated", collected)
    .option("--sandbox", "local: run the agent under bubblewrap, root read-only and home hidden")
    .option("--no-worktree", "local: let the agent work in your checkout itself")
    .option("--print", "wait for the agent's first turn and print its last message")
    .option("-d, --detach", "do not show it")
    .option("--json", "print the session as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (options: CreateOptions) => {
      const { repo, prompt, promptFile, print = false, detach = false, json = false, ...rest } = options;
      const { worktree, ...others } = rest;
      const flags: CreateFlags = worktree === false ? { ...others, worktree } : others;
      const { createCommand } = await import("./createCommand.ts");
      await createCommand({ flags, repo, prompt, promptFile, print, detach, json }, context);
    });
}

const collected = (value: string, before: readonly string[] = []) => [...before, value];

function choices(command: Command, flags: string, description: string, values: readonly string[]): void {
  command.addOption(new Option(flags, description).choices(values));
}
