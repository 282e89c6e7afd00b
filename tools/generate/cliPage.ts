import { FAULTS } from "../../packages/base/src/index.ts";
import { commandHelps } from "../../packages/cli/src/commandHelps.ts";

/** Where the page of the command line is. */
export const CLI_PAGE = "docs/cli.md";

/** The page of the command line: the help of every command, and what is too long for the help. */
export function cliPage(): string {
  return [
    "# The command line",
    "This page is the help of every command; `npm run generate` writes it.",
    ...commandHelps().flatMap(({ name, help }) => [
      `## ${name}`,
      `\`\`\`\n${help.trim()}\n\`\`\``,
      ...(MORE[name] ?? []),
    ]),
    "## Exit codes",
    "0 means success. A failed command prints `error[CODE]: …` and `hint: …` on standard error. [errors.md](errors.md) explains each code.",
    exitCodes(),
    "## Environment",
    ENVIRONMENT,
    "",
  ].join("\n\n");
}

function exitCodes(): string {
  const codes = Map.groupBy(Object.entries(FAULTS), ([, { exit }]) => exit);
  const rows = [...codes].map(([exit, faults]) => `| ${exit} | ${faults.map(([code]) => `\`${code}\``).join(", ")} |`);
  return [
    "| Exit | Codes |",
    "|---|---|",
    "| 1 | `BUG`: a bug in clauderon |",
    ...rows,
    "| 128 + n | stopped by signal n, for example 130 after Ctrl-C |",
  ].join("\n");
}

const MORE: Readonly<Record<string, readonly string[]>> = {
  "clauderon create": [
    `The command reads the environment and [config.toml](configuration.md) where you run it; what they do not set comes from those of the
daemon. \`CLAUDERON_AGENT\` and \`CLAUDERON_AGENT_COMMAND\` apply here too.`,
  ],
  "clauderon attach": [
    `The session uses the normal screen of your terminal: the previous content scrolls up, and you can scroll back to read earlier output.
The window title shows who types and whether the connection is lost. If you type while there is no connection, or while another viewer
types, your terminal rings the bell and discards the input. The session can draw on your screen and nothing else: it cannot set the
clipboard or the title, or send a query that your terminal answers as if you typed. When attach ends, also by a signal, it resets
all terminal modes.`,
  ],
  "clauderon list": [
    "With `--json`, `items` contains the sessions and `runs` the runs of `clauderon run`. With `--watch --json`, each line is one event of the daemon.",
  ],
  "clauderon run": [
    `For a Repository given by \`--repository\`, the agent works in a git worktree on the new branch \`clauderon/<AgentJob>\` (or \`-2\`, \`-3\`, …
if that exists), which starts at your checkout's current commit. Your checkout does not change. Other Repositories are cloned. After the run,
the worktree is removed if all its work is committed, and the branch if it has no commits. The command prints what remains. Ctrl-C stops
the agent and keeps its work.`,
    `Each run has a folder \`~/.clauderon/runs/<AgentJob>.<n>\` that only you can read. It contains agent.json, the steps, the transcript, the
summary, and work that exists nowhere else. \`clauderon attach <AgentJob>.<n>\` shows the steps of a run in progress. The agent's HOME and
tokens are deleted when the run ends; if the command was killed (SIGKILL, power cut), the next \`clauderon run\` deletes them. Of your
environment, the agent sees only PATH, LANG, LC_ALL, TERM, TZ, and the variables for proxies and CA files. It also sees the variables of
the AgentJob and its credential.`,
    "### The result as JSON",
    `The command prints one object when the run has finished, whether it succeeded or not, and nothing if the run could not start. New versions
add members and change no existing ones. A member without a value is absent.`,
    [
      "| Member | Meaning |",
      "|---|---|",
      "| `agentJob`, `run` | name of the AgentJob, name of this run |",
      "| `folder` | folder of this run |",
      "| `transcript` | the agent's own output, one JSON object per line; absent if the agent did not start, or with `persist` |",
      "| `persistFolder` | what an AgentJob with `persist` keeps between runs, including its transcripts |",
      "| `exitCode` | exit code of the runner: 0 succeeded, 1 failed, 2 not started, 124 timed out, 143 stopped |",
      "| `summary` | result as in `status.runs[]`: `outcome`, `reason`, `message`, `agent`, `sessionId`, `model`, `turns`, `inputTokens`, `outputTokens`, `costUSD`, `durationMs`, `branch`, `lastMessage` |",
      "| `repositories[].name` | name of the Repository |",
      "| `repositories[].checkout`, `.base` | your checkout, and the commit the work started from; absent for a clone |",
      "| `repositories[].branch` | the branch with the commits, if it was kept |",
      "| `repositories[].path` | the worktree or clone, if it was kept |",
      "| `repositories[].commits` | `<hash> <subject>`, newest first; for a clone, those not pushed |",
      "| `repositories[].diffStat` | output of `git diff --stat`; empty for a clone |",
      "| `rescued[]` | `ref` and `repository`: where the work is of repositories that the agent made in its home or temporary folder |",
      "| `repositories[].uncommitted` | uncommitted changes, as `git status --porcelain` prints them, and with `!!` what else only the worktree has |",
      "| `repositories[].problem` | why the repository could not be read after the run |",
    ].join("\n"),
  ],
};

const ENVIRONMENT = [
  "| Variable | Meaning |",
  "|---|---|",
  "| `CLAUDERON_HOME` | folder for sessions, runs, credentials, config.toml and daemon.log (default: `~/.clauderon`) |",
  "| `CLAUDERON_DEBUG` | any value except empty and `0`: print a stack trace for a bug |",
  "| `CLAUDERON_AGENT`, `CLAUDERON_AGENT_COMMAND` | the agent to run (default: `claude-code`), and its program if it is not on the PATH |",
  "| `THURKUBE_GIT_HOST` | where Repositories are cloned from (default: `https://github.com`) |",
].join("\n");
