/** `npm run bench -- create`: from asking for a local session until its agent has reported an event, by step. */
import { join } from "node:path";
import { TERMINAL_AGENT } from "../test/kit/programs.ts";
import { runBench, timeEach } from "./kit/bench.ts";
import { type Created, printCreated, timeCreate } from "./kit/createSteps.ts";
import { DaemonHome } from "./kit/daemonHome.ts";
import { printFigures, printHead } from "./kit/figures.ts";
import { timeToPaint } from "./kit/window.ts";

const [SESSIONS, COMMANDS] = [10, 5];

await runBench(async (bench) => {
  const daemon = await DaemonHome.start(bench);
  const { environment } = daemon;
  printHead("create to agent started, local");
  printFigures({
    label: "git worktree add, alone",
    unit: "ms",
    values: await timeEach(SESSIONS, async (index) =>
      daemon.git("-C", daemon.repository, "worktree", "add", "--quiet", join(bench.folder, `tree${index}`)),
    ),
  });
  const agent = printFigures({
    label: "the agent in a terminal, alone",
    unit: "ms",
    values: await timeEach(SESSIONS, () =>
      timeToPaint(bench, [process.execPath, TERMINAL_AGENT], "terminal agent", {
        environment: { ...environment, CLAUDERON_EVENTS: bench.folder },
      }),
    ),
  });

  const created: Created[] = [];
  for (let index = 0; index <= SESSIONS; index += 1) {
    const name = `made-${index}`;
    created.push(await timeCreate(daemon, { name }));
    await daemon.client.delete(name, { discardWork: true });
  }
  printCreated(created.slice(1), { label: "create, through the daemon's API", aim: 1_000, baseline: agent });

  printFigures({
    label: "clauderon create, the whole command",
    unit: "ms",
    values: await timeEach(COMMANDS, (index) => daemon.run("create", "--detach", "--name", `by-command-${index}`)),
  });
});
