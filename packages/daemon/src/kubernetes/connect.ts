import { once } from "node:events";
import { type Duplex, duplexPair, Writable } from "node:stream";
import { AGENT_CONTAINER, clusterWords, SESSION_PATHS } from "@clauderon/pods";
import { Fault } from "@clauderon/base";
import { ApiError, exec, type ExecOutcome, type KubeAccess } from "@clauderon/kube";
import { abortable } from "../abortable.ts";

/** How long `connect` waits inside the container for the runner to listen, in seconds. */
const WAIT_SECONDS = "30";
const COMMAND = ["clauderon-runner", "connect", SESSION_PATHS.folder, WAIT_SECONDS];
const MAX_STDERR = 4_096;

export interface PodAddress {
  readonly namespace: string;
  readonly pod: string;
}

/**
 * A stream to the runner's socket in the pod, through one exec. Resolves when the runner has sent its first bytes.
 * Throws AGENT_UNAVAILABLE if no runner listens. If the connection is lost later, the stream ends with a Fault.
 */
export async function connect(access: KubeAccess, address: PodAddress, signal: AbortSignal): Promise<Duplex> {
  const [ours, theirs] = duplexPair();
  const ended = new AbortController();
  const stderr = new Tail(MAX_STDERR);
  const running = exec(access, {
    ...address,
    container: AGENT_CONTAINER,
    command: COMMAND,
    stdin: theirs,
    stdout: theirs,
    stderr,
    signal: ended.signal,
  });
  ours.once("close", () => ended.abort());
  // A runner that has closed its side reads nothing more.
  ours.once("end", () => ours.destroy());
  const over = running.then(
    (outcome) => endOf(outcome, stderr.text, address),
    (thrown: unknown) => execFault(thrown, address),
  );
  void over.then((fault) => (fault === undefined ? theirs.end() : ours.destroy(fault)));
  // The caller listens for errors once it has the stream. Until then an error without a listener would end the process.
  ours.on("error", ignore);
  try {
    const first = once(ours, "readable").then(() => undefined);
    const fault = await abortable(Promise.race([over.then((end) => end ?? silent(address)), first]), signal);
    if (fault !== undefined) throw fault;
    return ours;
  } catch (thrown) {
    ours.destroy();
    throw thrown;
  } finally {
    setImmediate(() => ours.off("error", ignore));
  }
}

const ignore = () => undefined;

function endOf(outcome: ExecOutcome, stderr: string, address: PodAddress): Fault | undefined {
  if ("exitCode" in outcome && outcome.exitCode === 0) return undefined;
  const words = "error" in outcome ? clusterWords(outcome.error.message) : clusterWords(stderr);
  return unavailable(address, words);
}

function execFault(thrown: unknown, address: PodAddress): Fault {
  if (thrown instanceof Fault) return thrown;
  const words = thrown instanceof ApiError ? clusterWords(thrown.message) : "the connection was closed";
  return unavailable(address, words, thrown);
}

const silent = (address: PodAddress) => unavailable(address, "it ended without output");

function unavailable({ namespace, pod }: PodAddress, words: string, cause?: unknown): Fault {
  const hint = `See kubectl logs ${pod} -n ${namespace}`;
  return new Fault("AGENT_UNAVAILABLE", `The runner in pod "${pod}" cannot be reached: ${words}`, { hint, cause });
}

/** Keeps the first bytes that are written to it. */
class Tail extends Writable {
  readonly #most: number;
  text = "";

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text = `${this.text}${chunk.toString()}`.slice(0, this.#most);
    done();
  }
}
