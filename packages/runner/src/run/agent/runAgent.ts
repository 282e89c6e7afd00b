import type { AgentStep } from "@clauderon/agents";
import { type Exit, type OpenProcess, openProcess } from "@clauderon/process";
import type { AgentOutput } from "./agentOutput.ts";
import { killMarked } from "./leftovers.ts";

export interface AgentStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** An entry `NAME=value` of `environment` that no other process on this machine has. */
  readonly marker: string;
  readonly resultGraceMs: number;
  readonly killGraceMs: number;
}

/** How long to read pipes that an unknown process still holds after the agent and everything it left behind are gone. */
const DRAIN_MS = 5_000;

/**
 * Runs the agent to its end and returns how it ended. Nothing that it started survives.
 *
 * Ends the agent (SIGTERM to its group, SIGKILL after `killGraceMs`) when `stop` aborts, and when the agent has not
 * ended within `resultGraceMs` after its result and has reported no further step. Throws AGENT_UNAVAILABLE if it cannot
 * be executed.
 */
export async function runAgent(start: AgentStart, output: AgentOutput, stop: AbortSignal): Promise<Exit> {
  const agent = await openProcess(start.command, start.args, start);
  agent.stdin.end(start.stdin);
  const ending = new Ending(agent, start.killGraceMs);
  const end = () => ending.begin();
  const lingering = new Timer(start.resultGraceMs, end);
  const onStep = (step: AgentStep) => (step.type === "result" ? lingering.start() : lingering.stop());
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  const reading = Promise.all([output.readSteps(agent.stdout, onStep), output.readComplaints(agent.stderr)]);
  try {
    // Whichever comes first: the agent's end, or our own error while reading.
    return await Promise.race([agent.exited, reading.then(() => agent.exited)]);
  } finally {
    stop.removeEventListener("abort", end);
    lingering.stop();
    ending.stop();
    agent.signal("SIGKILL");
    await killMarked(start.marker);
    await drain(agent, reading);
  }
}

async function drain(agent: OpenProcess, reading: Promise<unknown>): Promise<void> {
  const giveUp = new Timer(DRAIN_MS, () => {
    agent.stdout.destroy();
    agent.stderr.destroy();
  });
  giveUp.start();
  await reading.finally(() => giveUp.stop());
}

/** SIGTERM, then SIGKILL. */
class Ending {
  readonly #agent: OpenProcess;
  readonly #kill: Timer;
  #begun = false;

  constructor(agent: OpenProcess, killGraceMs: number) {
    this.#agent = agent;
    this.#kill = new Timer(killGraceMs, () => agent.signal("SIGKILL"));
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#agent.signal("SIGTERM");
    this.#kill.start();
  }

  stop(): void {
    this.#kill.stop();
  }
}

class Timer {
  readonly #ms: number;
  readonly #ring: () => void;
  #timeout: NodeJS.Timeout | undefined;

  constructor(ms: number, ring: () => void) {
    this.#ms = ms;
    this.#ring = ring;
  }

  start(): void {
    this.stop();
    this.#timeout = setTimeout(this.#ring, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timeout);
  }
}
