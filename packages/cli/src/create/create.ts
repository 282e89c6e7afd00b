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
  # Start an agent on a task and watch it
  clauderon create --repo ~/project --prompt "Fix the failing test"

  # Start one in Kubernetes, with limits
  clauderon create --backend kubernetes --cpu-limit 4 --memory-limit 8Gi --repo ~/project --prompt "Heavy computation"

  # Let the agent reach its model, the repository's host and the npm registry, and nothing else
  clauderon create --preset npm --prompt "Update the dependencies"

  # Read the prompt from standard input, and print the agent's answer
  git diff | clauderon create --prompt-file - --print`;

/** Flags that take a value, each with its help text. */
const VALUES = [
  ["--model <model>", "the agent's model (default: session.model in config.toml, else the agent's own)"],
  ["--image <image>", "container image (kubernetes only)"],
  ["--cpu-limit <quantity>", "CPU limit, for example 4 or 500m (kubernetes only)"],
  ["--memory-limit <quantity>", "memory limit, for example 8Gi (kubernetes only)"],
  ["--base <commit>", "start from this commit or branch instead of your checkout's current state"],
] as const;

export function addCreateCommand(program: Command, context: CommandContext): void {
  const create = program
    .command("create")
    .summary("create a session: an agent on its own branch")
    .description(
      "Creates a session: an agent with its own branch and worktree, which starts from your checkout as it " +
        "is now, with commits, staged, unstaged and untracked files.\n\n" +
        "On a terminal, the command then attaches to the session. With --detach, in a shell's background, or " +
        "without a terminal, it prints the session's name once the agent runs. Attach later with `clauderon " +
        "attach`.\n\n" +
        "If the agent cannot start, or ends at once, the command reports why and fails. It also fails when something " +
        "has been in the way for a minute, such as a cluster that refuses the pod. The session stays, and the daemon " +
        "keeps trying; a pod that waits for a node or an image is waited for.\n\n" +
        "Ctrl-C while it waits does not stop the session. Options that you leave out come from the " +
        "environment and config.toml; see `clauderon config show`.",
    )
    .option("--repo <path>", "path of your checkout", ".")
    .option("--prompt <text>", "the agent's task")
    .option("--prompt-file <file>", "read the task from a file, or from standard input with -")
    .option("--name <name>", "session name (default: generated)");
  choices(create, "--backend <backend>", "where the session runs", ["local", "kubernetes"]);
  choices(create, "--agent <agent>", "the agent to run", ["claude-code", "codex", "gemini"]);
  choices(create, "--permission-mode <mode>", "what the agent may do without asking you", [
    "default",
    "acceptEdits",
    "plan",
    "bypassPermissions",
  ]);
  choices(create, "--access-mode <mode>", "access to the services the agent reaches; ReadOnly needs --egress", [
    "ReadWrite",
    "ReadOnly",
  ]);
  for (const [flags, description] of VALUES) create.option(flags, description);
  choices(create, "--pull-policy <policy>", "when to pull the image (kubernetes only)", [
    "Always",
    "IfNotPresent",
    "Never",
  ]);
  create
    .option(
      "--env <name=value>",
      "set an environment variable for the agent, not for secrets; can be repeated",
      collected,
    )
    .option(
      "--sandbox",
      "run the agent under bubblewrap: read-only root, hidden home (local only; default: where bubblewrap works)",
    )
    .option("--no-sandbox", "run the agent as your user, with your files")
    .addOption(
      new Option(
        "--egress <mode>",
        "what the agent may reach; enforce and record let it out only through the proxy, without real credentials, " +
          "and need a sandbox on this machine (default: enforce in a sandbox, open otherwise)",
      ).choices(["enforce", "record", "open"]),
    )
    .option("--allow <host>", "a host that the agent may reach, or *.name; can be repeated", collected)
    .addOption(
      new Option(
        "--preset <name>",
        "a list of hosts that the agent may reach, beside those of the repository's languages; none leaves " +
          "these out; can be repeated",
      )
        .choices(["anthropic", "github", "npm", "pypi", "crates", "go", "debian", "none"])
        .argParser(collected),
    )
    .option(
      "--credential <name>",
      "a credential that the proxy may use for the agent, beside the agent's own; can be repeated",
      collected,
    )
    .option("--no-worktree", "let the agent work in your checkout itself (local only)")
    .option("--print", "wait for the agent's first turn, then print its last message")
    .option("-d, --detach", "print the session's name instead of attaching")
    .option("--json", "print the session as JSON instead of attaching")
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
