/** `npm run bench -- pod`: sessions in the tests' own cluster (BENCH_IMAGE: an image it has, instead of building one). */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SESSION_PATHS } from "@clauderon/pods";
import { connect } from "../packages/daemon/src/kubernetes/connect.ts";
import { runBench, timeEach } from "./kit/bench.ts";
import { type Created, printCreated, timeCreate } from "./kit/createSteps.ts";
import { DaemonHome } from "./kit/daemonHome.ts";
import { type Figures, printFigures, printHead } from "./kit/figures.ts";
import { ECHO_AGENT, timeKeys } from "./kit/keystrokes.ts";
import { Cat, type PodCluster, usePodCluster } from "./kit/podCluster.ts";
import { TerminalClient } from "./kit/terminalClient.ts";

const [SESSIONS, CONNECTIONS, TRANSFERS] = [5, 20, 3];
const MIB = 1_048_576;
const [BYTES, CHUNK] = [64 * MIB, MIB / 16];
const NAME = "pod";
/** No server accepts it as one message. */
const CHUNKS = Array.from({ length: BYTES / CHUNK }, () => Buffer.alloc(CHUNK));

await runBench(async (bench) => {
  const cluster = await usePodCluster(bench);
  const daemon = await DaemonHome.start(bench, cluster.configuration);
  // The pod has no other copy of the agent than the one in its repository.
  copyFileSync(ECHO_AGENT, join(daemon.repository, "agent.sh"));
  commit(daemon);
  const spec = { backend: "kubernetes" as const, command: ["/bin/sh", `${SESSION_PATHS.project}/agent.sh`] };
  printHead("sessions in a pod");

  const created: Created[] = [];
  for (let index = 0; index <= SESSIONS; index += 1) {
    created.push(await timeCreate(daemon, { ...spec, name: `made-${index}` }));
    await daemon.client.delete(`made-${index}`, { discardWork: true });
  }
  printCreated(created.slice(1), { label: "create to agent started, cached image", aim: 5_000 });

  await daemon.create({ ...spec, name: NAME });
  await attach(daemon, cluster);
  await echo(daemon, cluster);
  await work(daemon, cluster);
});

async function attach(daemon: DaemonHome, cluster: PodCluster): Promise<void> {
  const bare = printFigures({
    label: "a bare exec's first byte",
    unit: "ms",
    values: await timeEach(CONNECTIONS, async () => {
      const stream = cluster.exec(NAME, ["echo"]);
      await once(stream, "data");
      stream.destroy();
    }),
  });
  const { signal } = new AbortController();
  const place = { namespace: cluster.namespace, pod: `clauderon-${NAME}` };
  printFigures({
    label: "first paint, on the daemon's open stream",
    unit: "ms",
    aim: 40,
    values: await timeEach(CONNECTIONS, () => paint(() => daemon.terminal(NAME))),
  });
  printFigures({
    label: "first paint, with a new exec",
    unit: "ms",
    aim: 150,
    baseline: bare,
    values: await timeEach(CONNECTIONS, () =>
      paint(async () => new TerminalClient(await connect(cluster.access, place, signal))),
    ),
  });
}

async function echo(daemon: DaemonHome, cluster: PodCluster): Promise<void> {
  const stream = cluster.exec(NAME, ["cat"]);
  const baseline = printFigures(await timeKeys("echo of a bare exec", new Cat(stream)));
  stream.destroy();
  const terminal = await daemon.terminal(NAME);
  await terminal.attach();
  printFigures({ ...(await timeKeys("echo of the session, through the daemon", terminal)), baseline, aimAdded: 6 });
  terminal.close();
}

async function work(daemon: DaemonHome, cluster: PodCluster): Promise<void> {
  const sent = await timeEach(TRANSFERS, async () => {
    const stream = cluster.exec(NAME, ["sh", "-c", `head -c ${BYTES} >/dev/null && echo`]);
    const got = once(stream, "data");
    await pipeline(Readable.from(CHUNKS), stream, { end: false });
    await got;
    stream.destroy();
  });
  const got = await timeEach(TRANSFERS, async () => {
    const stream = cluster.exec(NAME, ["head", "-c", String(BYTES), "/dev/zero"]);
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes === BYTES) break;
    }
    stream.destroy();
  });
  const least = { push: rate("to a bare exec", sent), pull: rate("from a bare exec", got) };

  for (const [title, files] of [
    ["10,000 files", 10_000],
    ["200 files", 200],
  ] as const) {
    const write = newFiles(files);
    const pushes = await timeEach(TRANSFERS, async () => {
      execFileSync("sh", ["-ec", write], { cwd: daemon.repository, env: daemon.environment });
      const begin = performance.now();
      await daemon.client.push(NAME);
      return performance.now() - begin;
    });
    rate(`push, ${title}`, pushes, { aim: 40, baseline: least.push });
    const pulls = await timeEach(TRANSFERS, async () => {
      await cluster.shell(NAME, `cd ${SESSION_PATHS.project} && ${write}`);
      const begin = performance.now();
      await daemon.client.pull(NAME);
      return performance.now() - begin;
    });
    rate(`pull, ${title}`, pulls, { aim: 40, baseline: least.pull });
  }
}

/** A shell command that replaces the files by this many new ones; git packs immediately what it considers large. */
function newFiles(files: number): string {
  const identity = "-c user.name=bench -c user.email=bench@example.invalid";
  return `rm -rf made && mkdir made && head -c ${BYTES} /dev/urandom | split -a 4 -b ${Math.ceil(BYTES / files)} - made/ &&
git -c core.bigFileThreshold=1k add --all && git ${identity} commit -qm made`;
}

/** Milliseconds of opening a connection and attaching on it, to the first snapshot. */
async function paint(open: () => Promise<TerminalClient>): Promise<number> {
  const begin = performance.now();
  const terminal = await open();
  await terminal.attach();
  const time = performance.now() - begin;
  terminal.close();
  return time;
}

function rate(label: string, times: readonly number[], more: Partial<Figures> = {}): Figures {
  return printFigures({ label, unit: "MB/s", values: times.map((time) => BYTES / 1_000 / time), ...more });
}

function commit(daemon: DaemonHome): void {
  daemon.git("-C", daemon.repository, "add", "--all");
  daemon.git("-C", daemon.repository, "commit", "--quiet", "--message", "more");
}
