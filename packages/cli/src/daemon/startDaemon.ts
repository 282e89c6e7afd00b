import { mkdirSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault, messageOf, printedFault } from "@clauderon/base/fault";
import type { Health } from "@clauderon/protocol";
import type { CliConfig } from "../config.ts";
import { startLogged } from "@clauderon/process/start";
import { type Exit, exitCodeOf } from "@clauderon/process/exit";

/**
 * How often to check whether a daemon answers, and the first pause before another one is started in case there is none.
 */
const ASK_AGAIN_MS = 25;
const START_AGAIN_MS = 250;

/** How long a daemon may take to come up on a busy machine. */
const PATIENCE_MS = 60_000;

export function daemonProgram(): string {
  return fileURLToPath(import.meta.resolve("@clauderon/daemon/bin"));
}

/**
 * Starts a daemon that outlives this process and returns once one answers: this one or, when several commands start one
 * at once, the first. Throws the daemon's own error when it cannot start.
 */
export async function startDaemon(config: CliConfig, findHealth: () => Promise<Health | undefined>): Promise<Health> {
  makeHome(config.home);
  const deadline = performance.now() + PATIENCE_MS;
  for (let pause = START_AGAIN_MS; performance.now() < deadline; pause *= 2) {
    const health = await startOne(config, { findHealth, deadline });
    // Another daemon holds the home: it is starting, or is an earlier one that is about to end.
    const startAgain = Math.min(deadline, performance.now() + pause);
    const found = health ?? (await askUntil(() => performance.now() > startAgain, findHealth));
    if (found !== undefined) return found;
  }
  throw new Fault("TIMEOUT", `The daemon did not answer within ${PATIENCE_MS / 1000} s`, {
    hint: `See daemon.log in ${config.home}, or run \`clauderon daemon\` to see its messages`,
  });
}

interface Waiting {
  readonly findHealth: () => Promise<Health | undefined>;
  readonly deadline: number;
}

/** Undefined when another daemon already holds the home. */
async function startOne(config: CliConfig, { findHealth, deadline }: Waiting): Promise<Health | undefined> {
  const stderr = openNameless();
  const child = await startLogged(process.execPath, [daemonProgram()], {
    cwd: config.home,
    environment: { ...config.environment, CLAUDERON_HOME: config.home },
    stdout: "pipe",
    stderr,
  });
  let end: Exit | undefined;
  void child.exited.then((exit) => (end = exit));
  await child.said;
  child.release();
  const health = await askUntil(() => end !== undefined || performance.now() > deadline, findHealth);
  if (health !== undefined || end === undefined) return health;
  const ended = { code: exitCodeOf(end, constants.signals), stderr: readFrom(stderr) };
  if (printedFault(ended.stderr)?.code === "DAEMON_RUNNING") return undefined;
  throw failed(ended);
}

/** A file without a name: readable as long as it is open, and nothing of it is left behind. */
function openNameless(): number {
  const path = join(mkdtempSync(join(tmpdir(), "clauderon-start-")), "stderr");
  const file = openSync(path, "wx+", 0o600);
  rmSync(dirname(path), { recursive: true });
  return file;
}

function readFrom(file: number): string {
  const buffer = Buffer.alloc(65_536);
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)).toString();
}

async function askUntil(isOver: () => boolean, findHealth: Waiting["findHealth"]): Promise<Health | undefined> {
  for (;;) {
    const health = await findHealth();
    if (health !== undefined || isOver()) return health;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot create the folder ${home}: ${messageOf(cause)}`, {
      cause,
      hint: "Set CLAUDERON_HOME to a folder you can write to",
    });
  }
}

function failed({ code, stderr }: { readonly code: number; readonly stderr: string }): Error {
  const fault = printedFault(stderr);
  if (fault !== undefined) return fault;
  const told = stderr.trim().slice(-2_000);
  return new Fault("DAEMON_UNAVAILABLE", `The daemon exited with code ${code} at startup${told && `: ${told}`}`, {
    hint: "Run `clauderon daemon` to see why",
  });
}
