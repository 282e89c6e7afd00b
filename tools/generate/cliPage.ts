import { FAULTS } from "../../packages/base/src/index.ts";
import { commandHelps } from "../../packages/cli/src/commandHelps.ts";

/** Where the page of the command line is. */
export const CLI_PAGE = "docs/cli.md";

/** The page of the command line: the help of every command, and what the help has no room for. */
export function cliPage(): string {
  return [
    "# The command line",
    "This page is made from `clauderon --help` and its like by `npm run generate`.",
    ...commandHelps().flatMap(({ name, help }) => [
      `## ${name}`,
      `\`\`\`\n${help.trim()}\n\`\`\``,
      ...(MORE[name] ?? []),
    ]),
    "## Exit codes",
    "0 is success. An error is told as `error[CODE]: …` and `hint: …` on standard error; [errors.md](errors.md) explains each code.",
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
    "| 1 | `BUG`: a mistake of ours |",
    ...rows,
    "| 128 + n | stopped by signal n: 130 for Ctrl-C |",
  ].join("\n");
}

const MORE: Readonly<Record<string, readonly string[]>> = {
  "clauderon create": [
    `Ctrl-C while it waits leaves the session as it is and says so. What no option says comes from the environment and
[config.toml](configuration.md) of the command, then from the daemon's. \`CLAUDERON_AGENT\` and \`CLAUDERON_AGENT_COMMAND\` hold here too.`,
  ],
  "clauderon attach": [
    `The session is shown on the terminal's own screen: what was there before goes up, what scrolls off can be read by scrolling back. How
things stand is told in the title of the window: who types, and that a connection is lost. What is typed while there is no connection, or
while another one types, is refused with a ring and never kept for later. What comes from the session can draw on the screen and nothing
else: no clipboard, no title, no question that your terminal would answer by typing. At the end, a signal's too, all modes are off.`,
  ],
  "clauderon list": [
    "With `--json`, `items` are the sessions and `runs` the runs of `clauderon run`; with `--watch` too, one event of the daemon a line.",
  ],
  "clauderon run": [
    `A Repository given by \`--repository\` is worked on in a git worktree, on the new branch \`clauderon/<AgentJob>\` (\`-2\`, \`-3\`, … when
that is taken), from the commit your checkout is on; the checkout itself is not touched. Other Repositories are cloned. Afterwards the
worktree is removed when all its work is committed, and the branch when it has no commits; what stays is told. Ctrl-C stops the agent
and keeps what it did.`,
    `Each run has a folder \`~/.clauderon/runs/<AgentJob>.<n>\`, for you alone: agent.json, the steps, the transcript, the summary, and work
that is nowhere else; \`clauderon attach <AgentJob>.<n>\` shows its
steps while it runs. The agent's HOME and its tokens are deleted with the end of the run; after a command
that was killed (SIGKILL, power cut), the next \`clauderon run\` does it. The agent sees PATH, LANG, LC_ALL, TERM, TZ, the
variables of proxies and CA files, the AgentJob's own, its credential, and nothing else of your environment.`,
    "### The result as JSON",
    `One object, once the run is over, whether it succeeded or not; nothing when it could not begin. Members are added, never changed.
Absent means there is none.`,
    [
      "| Member | Meaning |",
      "|---|---|",
      "| `agentJob`, `run` | name of the AgentJob, name of this run |",
      "| `folder` | of this run |",
      "| `transcript` | the agent's own stream, a JSON object a line; absent when it never started, and with `persist` |",
      "| `persistFolder` | what an AgentJob with `persist` keeps, its transcripts too |",
      "| `exitCode` | of the runner: 0 succeeded, 1 failed, 2 not started, 124 timed out, 143 stopped |",
      "| `summary` | the runner's account, as in `status.runs[]`: `outcome`, `reason`, `message`, `agent`, `sessionId`, `model`, `turns`, `inputTokens`, `outputTokens`, `costUSD`, `durationMs`, `branch`, `lastMessage` |",
      "| `repositories[].name` | of the Repository |",
      "| `repositories[].checkout`, `.base` | your checkout, and the commit the work started from; absent for a clone |",
      "| `repositories[].branch` | the branch with the commits, when it was kept |",
      "| `repositories[].path` | the worktree or clone, when it was kept |",
      "| `repositories[].commits` | `<hash> <subject>`, newest first; of a clone those not pushed |",
      "| `repositories[].diffStat` | as `git diff --stat` prints it; empty for a clone |",
      "| `repositories[].uncommitted` | changes in no commit, as `git status --porcelain` prints them |",
      "| `repositories[].problem` | why the repository could not be read after the run |",
    ].join("\n"),
  ],
};

const ENVIRONMENT = [
  "| Variable | Meaning |",
  "|---|---|",
  "| `CLAUDERON_HOME` | folder for runs and what AgentJobs keep; `~/.clauderon` |",
  "| `CLAUDERON_DEBUG` | anything but empty or `0`: a bug shows its stack |",
  "| `CLAUDERON_AGENT`, `CLAUDERON_AGENT_COMMAND` | which agent runs (`claude-code`), and its program when it is not on the PATH |",
  "| `THURKUBE_GIT_HOST` | where Repositories are cloned from; `https://github.com` |",
].join("\n");
