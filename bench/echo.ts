/** `npm run bench -- echo`: from a typed byte to its echo, with more and more of our processes between. */
import { CLAUDERON } from "../test/kit/programs.ts";
import { runBench } from "./kit/bench.ts";
import { DaemonHome } from "./kit/daemonHome.ts";
import { printFigures, printHead } from "./kit/figures.ts";
import { ECHO_AGENT, timeKeys } from "./kit/keystrokes.ts";
import { Window } from "./kit/window.ts";

await runBench(async (bench) => {
  const daemon = await DaemonHome.start(bench);
  const options = { cwd: bench.folder, environment: daemon.environment };
  await daemon.create({ name: "echo", command: [ECHO_AGENT] });
  printHead("keystroke to echo, local");

  const bare = new Window([ECHO_AGENT], options);
  bench.defer(() => bare.close());
  await bare.prints("ready");
  const baseline = printFigures(await timeKeys("a bare terminal", bare));
  bare.close();

  const alone = daemon.runnerTerminal("echo");
  await alone.attach();
  printFigures({ ...(await timeKeys("the runner alone", alone)), baseline });
  alone.close();

  const through = await daemon.terminal("echo");
  await through.attach();
  printFigures({ ...(await timeKeys("the daemon and the runner", through)), baseline, aimAdded: 3 });
  through.close();

  const window = new Window([process.execPath, CLAUDERON, "attach", "echo"], options);
  bench.defer(() => window.close());
  await window.prints("ready");
  printFigures({ ...(await timeKeys("clauderon attach in a terminal", window)), baseline });
});
