import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@clauderon/base";
import { Fault, faultText } from "@clauderon/base/fault";
import { RUN_EXIT } from "@clauderon/protocol/wire";
import packageJson from "../package.json" with { type: "json" };

// Each command loads only what it needs: a user waits for `attach` and `connect`, and a headless run needs neither a
// terminal nor its native module.

// As PID 1 of a container it needs an init in front of it (the image has tini): Node does not reap orphaned processes.

const HELP = `Usage: clauderon-runner [run]
       clauderon-runner session FOLDER [FILE]
       clauderon-runner attach FOLDER
       clauderon-runner connect FOLDER [SECONDS]
       clauderon-runner pointer-filter

run        Runs one AgentJob headless: clones the repositories of agent.json, starts the coding agent, shows its steps and
           writes a summary. Its input comes from environment variables (docs/architecture.md).
session    Runs a coding agent in a terminal until the session of this folder ends. FILE becomes the folder's
           session.json, as in a pod, where it comes from a ConfigMap.
attach     Shows that session on this terminal, without a daemon; ctrl-p ctrl-q detaches.
connect    Joins stdin and stdout to that session's socket; waits up to SECONDS (default 0) for its runner.
pointer-filter
           Git starts it in a pod in place of Git LFS: pointers stay pointers, and other content is not committed.
`;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, signal === undefined ? {} : { signal: signal as AbortSignal }).catch(
      () => undefined,
    ),
};

async function main(args: readonly string[]): Promise<number> {
  const [command = "run", folder, option, ...rest] = args;
  if (command === "--help" || command === "-h") return say(HELP);
  if (command === "--version") return say(`clauderon-runner ${packageJson.version}\n`);
  const [unknown] = unknownArguments(command, { folder, option, rest });
  if (unknown !== undefined) throw usage(`Unknown argument "${unknown}"`);
  if (command === "run") return runHeadless();
  if (command === "pointer-filter") return filterPointers();
  if (folder === undefined) throw usage(`${command} needs the session's folder`);
  if (command === "attach") return attachTo(folder);
  return command === "connect" ? connectTo(folder, option) : runInteractive(folder, option);
}

interface Arguments {
  readonly folder: string | undefined;
  readonly option: string | undefined;
  readonly rest: readonly string[];
}

function unknownArguments(command: string, { folder, option, rest }: Arguments): readonly (string | undefined)[] {
  if (command === "session" || command === "connect") return rest;
  if (command === "attach") return [option];
  return command === "run" || command === "pointer-filter" ? [folder] : [command];
}

async function attachTo(folder: string): Promise<number> {
  const { attach } = await import("./session/terminal/attach.ts");
  return attach(folder, stopSignal());
}

async function runInteractive(folder: string, option: string | undefined): Promise<number> {
  const { runSession } = await import("./session/runSession.ts");
  const file = option === undefined ? {} : { file: option };
  const program = [process.execPath, process.argv[1] ?? ""];
  return runSession({ folder, ...file, environment: process.env, program, clock, stop: stopSignal(), log });
}

async function filterPointers(): Promise<number> {
  const { pointerFilter } = await import("./pointerFilter/pointerFilter.ts");
  pointerFilter();
  return RUN_EXIT.succeeded;
}

async function connectTo(folder: string, option: string | undefined): Promise<number> {
  const { connect } = await import("./session/channels/connect.ts");
  return connect(folder, seconds(option), clock);
}

const log = (message: string) => void process.stderr.write(`${new Date().toISOString()} ${message}\n`);

function seconds(text = "0"): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw usage(`"${text}" is not a number of seconds`);
}

const usage = (message: string) => new Fault("USAGE", message, { hint: "See clauderon-runner --help" });

async function runHeadless(): Promise<number> {
  const [{ run }, { parseRunnerConfig }, { Journal }] = await Promise.all([
    import("./run/run.ts"),
    import("./config.ts"),
    import("./run/output/journal.ts"),
  ]);
  const stop = stopSignal();
  // If the reader of the log ends, the run continues without it.
  process.stdout.on("error", () => undefined);
  const journal = new Journal({ write: (line) => process.stdout.write(line), clock });
  return run({ config: parseRunnerConfig(process.env), clock, journal, stop });
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  return stop.signal;
}

function say(text: string): number {
  process.stdout.write(text);
  return RUN_EXIT.succeeded;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof Fault)) throw thrown;
  process.stderr.write(`${faultText(thrown)}\n`);
  process.exitCode = RUN_EXIT.notStarted;
}
