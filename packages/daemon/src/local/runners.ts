import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Clock } from "@clauderon/base";
import { findByVariable, findProcesses, signalProcess } from "@clauderon/process";

const LOOK_MS = 20;
/** A runner first waits for its agent to end by itself, which can take this long. */
const STOP_MS = 20_000;
const KILL_MS = 10_000;

/** The runners of a session's folder, inside and outside a sandbox, including those that an earlier daemon started. */
export function findRunners(folder: string): readonly number[] {
  return findProcesses((argv) => argv.length > 2 && argv.at(-1) === folder && argv.at(-2) === "session");
}

/** A connection to a runner's socket; undefined if nothing listens. */
export async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}

/**
 * Ends the runners of a folder and everything that their agents started, and returns when they are gone. Throws the
 * signal's reason if it aborts first.
 */
export async function endRunners(folder: string, clock: Clock, signal?: AbortSignal): Promise<void> {
  for (const pid of findRunners(folder)) {
    signalProcess(pid, "SIGTERM");
    // A stopped runner (SIGSTOP) would not see SIGTERM. After SIGCONT it ends in order and writes what its agent still
    // has.
    signalProcess(pid, "SIGCONT");
  }
  if (!(await areGone(() => findRunners(folder), STOP_MS, { clock, signal }))) {
    for (const pid of findRunners(folder)) signalProcess(pid, "SIGKILL");
    await areGone(() => findRunners(folder), KILL_MS, { clock, signal });
  }
  await endLeftovers(folder, clock, signal);
}

/** The next daemon finds programs that this daemon started for a session by this variable. */
export const FOLDER_VARIABLE = "CLAUDERON_SESSION_FOLDER";

/**
 * Ends what killed runners and daemons left behind: agents with everything they started, and git. Finds them by
 * variables that every child process inherits.
 */
export async function endLeftovers(folder: string, clock: Clock, signal?: AbortSignal): Promise<void> {
  const marks: readonly string[] = [`CLAUDERON_EVENTS=${folder}/events`, `${FOLDER_VARIABLE}=${folder}`];
  const find = () => findByVariable((assignment) => marks.includes(assignment));
  // Repeated, because a process may fork while it is being killed.
  for (let waited = 0; waited < KILL_MS; waited += LOOK_MS) {
    const found = find();
    if (found.length === 0) return;
    for (const pid of found) signalProcess(pid, "SIGKILL");
    await clock.sleep(LOOK_MS, signal);
    signal?.throwIfAborted();
  }
}

interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

async function areGone(
  find: () => readonly number[],
  milliseconds: number,
  { clock, signal }: Patience,
): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += LOOK_MS) {
    if (find().length === 0) return true;
    await clock.sleep(LOOK_MS, signal);
    signal?.throwIfAborted();
  }
  return false;
}
