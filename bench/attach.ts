/** `npm run bench -- attach`: from the request to see a local session until it is visible. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CLAUDERON } from "../test/kit/programs.ts";
import { runBench, timeEach } from "./kit/bench.ts";
import { DaemonHome } from "./kit/daemonHome.ts";
import { printFigures, printHead } from "./kit/figures.ts";
import { printNodeStart, timeToPaint } from "./kit/window.ts";

const SCREEN = "terminal agent";
const [CONNECTIONS, COMMANDS] = [50, 8];

await runBench(async (bench) => {
  const daemon = await DaemonHome.start(bench);
  const { environment } = daemon;
  await daemon.create({ name: "shown" });
  printHead("attach to first paint, local");

  const health = printFigures({
    label: "GET /health",
    unit: "ms",
    values: await timeEach(CONNECTIONS, () => daemon.client.health()),
  });
  printFigures({
    label: "the daemon's stream, to its first snapshot",
    unit: "ms",
    aim: 30,
    baseline: health,
    values: await timeEach(CONNECTIONS, async () => {
      const begin = performance.now();
      const terminal = await daemon.terminal("shown");
      await terminal.attach();
      const time = performance.now() - begin;
      terminal.close();
      return time;
    }),
  });

  const node = await printNodeStart(bench, COMMANDS, environment);
  const tmux = ["-S", join(bench.folder, "tmux.sock"), "-f", "/dev/null"];
  if (hasTmux()) {
    execFileSync("tmux", [...tmux, "new-session", "-d", `echo ${SCREEN}; exec cat`], { env: environment });
    bench.defer(() => execFileSync("tmux", [...tmux, "kill-server"], { stdio: "ignore" }));
    printFigures({
      label: "tmux attach",
      unit: "ms",
      values: await timeEach(COMMANDS, () =>
        timeToPaint(bench, ["tmux", ...tmux, "attach-session"], SCREEN, { environment }),
      ),
    });
  }
  printFigures({
    label: "clauderon attach, the whole command",
    unit: "ms",
    baseline: node,
    values: await timeEach(COMMANDS, () =>
      timeToPaint(bench, [process.execPath, CLAUDERON, "attach", "shown"], SCREEN, { environment }),
    ),
  });
});

function hasTmux(): boolean {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
