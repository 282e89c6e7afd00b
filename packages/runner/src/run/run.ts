import { setTimeout as startTimer } from "node:timers";
import { Git } from "@clauderon/git";
import { Fault, messageOf } from "@clauderon/base";
import { formatRunSummary, type RunSummary } from "@clauderon/protocol";
import { AgentOutput } from "./agent/agentOutput.ts";
import { runAgent } from "./agent/runAgent.ts";
import type { RunnerConfig } from "../config.ts";
import { currentBranch } from "./git/checkout.ts";
import { runExitCode, judge, type Outcome, type StopReason } from "./model/outcome.ts";
import { Transcript } from "./output/transcript.ts";
import { NotStarted, prepare, type Prepared } from "./prepare.ts";
import type { RunContext } from "./runContext.ts";
import { removeScratch } from "./scratch.ts";
import { writeSummary } from "./summaryFile.ts";

/** What is known about a run, as far as it got. */
type Facts = Omit<RunSummary, "outcome" | "reason" | "message">;

interface Ended {
  readonly outcome: Outcome;
  readonly facts: Facts;
}

/** The longest delay of a timer. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * One headless run, from agent.json to the summary. Returns the exit code. In every case, the summary is written, the
 * agent and everything it started are gone, and no file of the run is left outside the workspace, the persistent folder
 * and the home.
 */
export async function run(context: RunContext): Promise<number> {
  const { config, clock, journal } = context;
  const startTime = new Date(clock.now()).toISOString().replaceAll(":", "-");
  const runFolder =
    config.persistPath === undefined ? `${config.home}/.clauderon` : `${config.persistPath}/runs/${startTime}`;
  const timedOut = new AbortController();
  const deadline = config.timeoutMs ?? Number.POSITIVE_INFINITY;
  const timer = startTimer(() => timedOut.abort(), Math.min(deadline, MAX_TIMER_MS));
  const limited = { ...context, stop: AbortSignal.any([context.stop, timedOut.signal]) };
  const stopped = (): StopReason | undefined =>
    context.stop.aborted ? "Stopped" : timedOut.signal.aborted ? "TimedOut" : undefined;
  try {
    const ended = await attempt(limited, runFolder, stopped);
    const summary = toSummary(ended, (text) => journal.redact(text));
    journal.line(
      "runner",
      ended.outcome.ok ? "Succeeded" : `Failed, ${ended.outcome.reason}: ${ended.outcome.message}`,
    );
    await writeSummary(formatRunSummary(summary), config, runFolder, journal);
    return runExitCode(ended.outcome);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt(context: RunContext, runFolder: string, stopped: () => StopReason | undefined): Promise<Ended> {
  try {
    return await prepareAndRun(context, runFolder, stopped);
  } catch (thrown) {
    return { outcome: outcomeOfThrown(thrown, context, stopped()), facts: { agent: context.config.agent } };
  }
}

function outcomeOfThrown(thrown: unknown, { config, journal }: RunContext, stopped: StopReason | undefined): Outcome {
  if (stopped !== undefined) return judge({ ...nothingKnown(config), stopped });
  if (thrown instanceof NotStarted) return { ok: false, reason: thrown.reason, message: adviceOf(thrown.fault) };
  if (thrown instanceof Fault && thrown.code === "AGENT_UNAVAILABLE") {
    return { ok: false, reason: "AgentMissing", message: adviceOf(thrown) };
  }
  journal.line("runner", thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown));
  return { ok: false, reason: "AgentCrashed", message: `The runner itself failed: ${messageOf(thrown)}` };
}

const adviceOf = ({ message, hint }: Fault): string => (hint === undefined ? message : `${message}. ${hint}`);

async function prepareAndRun(
  context: RunContext,
  runFolder: string,
  stopped: () => StopReason | undefined,
): Promise<Ended> {
  const { config, clock, journal } = context;
  const prepared = await prepare(context);
  try {
    const transcript = await Transcript.create(`${runFolder}/transcript.jsonl`, journal);
    const output = new AgentOutput(prepared.adapter, journal, transcript);
    const startedAt = clock.monotonic();
    const exit = await runAgent(prepared.start, output, context.stop);
    await transcript.end();
    const durationMs = Math.round(output.result?.durationMs ?? clock.monotonic() - startedAt);
    const outcome = judge({
      ...nothingKnown(config),
      exit,
      stopped: stopped(),
      result: output.result,
      stderrTail: output.stderrTail,
      model: output.model,
    });
    return { outcome, facts: { ...factsOf(output, prepared), ...(await branchOf(prepared)), durationMs } };
  } finally {
    await removeScratch(prepared.scratch, journal);
  }
}

function nothingKnown({ authEnvVar, timeoutMs }: RunnerConfig) {
  return {
    result: undefined,
    exit: { code: undefined, signal: undefined },
    stopped: undefined,
    stderrTail: [],
    model: undefined,
    credentialVariable: authEnvVar ?? "its environment",
    timeoutSeconds: timeoutMs === undefined ? undefined : timeoutMs / 1_000,
  };
}

function factsOf({ sessionId, model, result }: AgentOutput, { adapter, checkouts, boundaryVerified }: Prepared): Facts {
  const { text, turns, inputTokens, outputTokens, costUSD } = result ?? {};
  return {
    agent: adapter.name,
    ...(boundaryVerified ? { boundaryVerified } : {}),
    ...(checkouts.length === 0 ? {} : { ranOn: checkouts.map(({ position }) => position).join("; ") }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(model === undefined ? {} : { model }),
    ...(turns === undefined ? {} : { turns }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUSD === undefined ? {} : { costUSD }),
    ...(text === undefined ? {} : { lastMessage: text }),
  };
}

/** The branch on which the agent left its only checkout. */
async function branchOf({ checkouts, gitEnvironment }: Prepared): Promise<Facts> {
  const [only, ...others] = checkouts;
  if (only === undefined || others.length > 0) return {};
  const branch = await currentBranch(Git.ofAgent(only.folder, gitEnvironment));
  return branch === undefined ? {} : { branch };
}

function toSummary({ outcome, facts }: Ended, redact: (text: string) => string): RunSummary {
  const verdict = outcome.ok
    ? ({ outcome: "Succeeded" } as const)
    : ({ outcome: "Failed", reason: outcome.reason, message: redact(outcome.message) } as const);
  const told = Object.entries(facts).map(([name, value]) => [name, typeof value === "string" ? redact(value) : value]);
  return { ...verdict, ...(Object.fromEntries(told) as Facts) };
}
