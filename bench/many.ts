/**
 * `npm run bench -- many`: fifty local sessions at once (BENCH_SESSIONS for another number): what the daemon and the
 * runners take while nothing happens, `list`, and the echo of one viewer beside another that gets 1 MB/s.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf, residentMiB } from "../test/kit/processes.ts";
import { type Bench, runBench, timeEach, until } from "./kit/bench.ts";
import { DaemonHome } from "./kit/daemonHome.ts";
import { printFigures, printHead } from "./kit/figures.ts";
import { ECHO_AGENT, timeKeys } from "./kit/keystrokes.ts";
import { processorMs, proportionalMiB } from "./kit/processes.ts";
import { printNodeStart } from "./kit/window.ts";

const SESSIONS = Number(process.env["BENCH_SESSIONS"] ?? 50);
const IDLE_MS = 10_000;
const [REQUESTS, COMMANDS] = [50, 5];
/** Patience in seconds for all of them. */
const PATIENCE = 600;

await runBench(async (bench) => {
  const daemon = await DaemonHome.start(bench);
  const names = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
  const begin = performance.now();
  await Promise.all(names.map((name) => daemon.post({ name })));
  await until("waiting for all agents to be idle", PATIENCE, async () => {
    const sessions = await daemon.client.list();
    return sessions.every(({ status }) => status.activity === "Idle") ? true : undefined;
  });
  const [created, hungry] = [performance.now() - begin, residentMiB(daemon.pid)];
  printHead(`${SESSIONS} local sessions`);
  printFigures({ label: "all created at once, until all agents are idle", unit: "ms", values: [created] });
  printFigures({ label: "daemon's memory afterwards", unit: "MiB", aim: 150, values: [hungry] });
  await idle(daemon);
  await lists(bench, daemon);
  await twoViewers(daemon);
});

async function idle(daemon: DaemonHome): Promise<void> {
  const runners = processesOf(daemon.home).filter(({ line }) => line.includes("clauderon-runner"));
  const pids = runners.map(({ pid }) => pid);
  const all = () => sum(pids.map(processorMs));
  const before = { daemon: processorMs(daemon.pid), runners: all() };
  await sleep(IDLE_MS);
  const share = (after: number, before: number) => [((after - before) / IDLE_MS) * 100];
  printFigures({ label: "daemon's memory, idle", unit: "MiB", aim: 150, values: [residentMiB(daemon.pid)] });
  printFigures({
    label: "daemon's processor, idle",
    unit: "%",
    values: share(processorMs(daemon.pid), before.daemon),
  });
  const memory = pids.map(residentMiB);
  printFigures({ label: "a runner's memory, idle", unit: "MiB", values: memory });
  printFigures({ label: `all ${pids.length} runners' memory`, unit: "MiB", values: [sum(memory)] });
  const shared = [sum(pids.map(proportionalMiB))];
  printFigures({ label: "  shared memory counted once", unit: "MiB", values: shared });
  printFigures({ label: "all runners' processor, idle", unit: "%", values: share(all(), before.runners) });
}

async function lists(bench: Bench, daemon: DaemonHome): Promise<void> {
  const health = printFigures({
    label: "GET /health",
    unit: "ms",
    values: await timeEach(REQUESTS, () => daemon.client.health()),
  });
  printFigures({
    label: "list, by the daemon's API",
    unit: "ms",
    aim: 100,
    baseline: health,
    values: await timeEach(REQUESTS, () => daemon.client.list()),
  });
  const node = await printNodeStart(bench, COMMANDS, daemon.environment);
  printFigures({
    label: "clauderon list, the whole command",
    unit: "ms",
    baseline: node,
    values: await timeEach(COMMANDS, () => daemon.run("list")),
  });
}

async function twoViewers(daemon: DaemonHome): Promise<void> {
  for (const name of ["echo", "loud"]) await daemon.create({ name, command: [ECHO_AGENT] });
  const [echo, loud] = [await daemon.terminal("echo"), await daemon.terminal("loud")];
  await echo.attach();
  await loud.attach();
  const baseline = printFigures(await timeKeys("echo, the other viewer idle", echo));
  loud.type("flood\r");
  await loud.next((text) => text.includes("0123456789"));
  const before = { bytes: loud.received, time: performance.now() };
  const beside = await timeKeys("echo, beside a viewer that gets 1 MB/s", echo);
  const rate = (loud.received - before.bytes) / 1_000 / (performance.now() - before.time);
  printFigures({ ...beside, baseline });
  printFigures({ label: "rate of the other viewer", unit: "MB/s", values: [rate] });
  for (const terminal of [echo, loud]) terminal.close();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
