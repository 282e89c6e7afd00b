/**
 * `npm run demo [-- --live] [-- --keep]`: an agent fixes a failing test in a scratch repository. The agent is the real Claude
 * Code; its model is a script on this machine, or with --live the real one. Nothing is left behind unless --keep is given.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { Fault, faultText, messageOf } from "../packages/base/src/index.ts";
import { startScriptedMessages } from "../test/kit/internet/messages/scriptedMessages.ts";
import { git, makeProject, testsPass } from "./demo/project.ts";
import { FIX_LEAP_YEARS, manifests } from "./demo/script.ts";

const USAGE = `Usage: npm run demo -- [--live] [--keep]

An agent fixes a failing test in a scratch repository while you watch.

  --live   use the real model; needs ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN and costs a few cents
  --keep   keep the scratch folder, so that you can look around`;

const BRANCH = "clauderon/fix-tests";
const LIVE_VARIABLES = ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"] as const;

const stopping = new AbortController();
const stopped = stopping.signal;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
// `| head` ends the reading, not the clean-up.
process.stdout.on("error", () => stopping.abort());

const colours = process.stdout.isTTY && process.stdout.hasColors();
const say = (text: string): void => console.log(text);
const heading = (text: string): void => say(`\n${styleText("bold", `▸ ${text}`)}`);

/** Whose model it is, and the credential for it. */
interface Model {
  /** The variable that holds the credential. */
  readonly variable: string;
  readonly credential: string;
  /** Variables of the AgentJob. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

function liveModel(): Model {
  const variable = LIVE_VARIABLES.find((name) => (process.env[name] ?? "") !== "");
  if (variable === undefined) {
    throw new Fault("CREDENTIAL_MISSING", `--live needs ${LIVE_VARIABLES.join(" or ")} in the environment`, {
      hint: "ANTHROPIC_API_KEY=… npm run demo -- --live; `claude setup-token` makes a CLAUDE_CODE_OAUTH_TOKEN. Without --live you need neither",
    });
  }
  return { variable, credential: process.env[variable] ?? "", env: {}, stop: async () => {} };
}

async function scriptedModel(): Promise<Model> {
  const model = await startScriptedMessages({ script: FIX_LEAP_YEARS });
  // The scripted model is on this machine: a proxy of the user's cannot reach it.
  const env = { ANTHROPIC_BASE_URL: model.baseUrl, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
  return { variable: "ANTHROPIC_API_KEY", credential: "demo", env, stop: () => model.stop() };
}

/** Runs the AgentJob with the command a user would type; resolves with its exit code. */
function runAgentJob(scratch: string, project: string, model: Model): Promise<number> {
  const file = join(scratch, "agentjob.yaml");
  writeFileSync(file, manifests(model.env, model.variable));
  const program = join(import.meta.dirname, "../packages/cli/bin/clauderon.mjs");
  const child = spawn(process.execPath, [program, "run", "-f", file, "--repository", `leap-years=${project}`], {
    stdio: "inherit",
    env: { ...process.env, [model.variable]: model.credential, CLAUDERON_HOME: join(scratch, "home") },
  });
  stopped.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** The whole story; true when the agent made the tests pass. */
async function tell(scratch: string, model: Model, live: boolean): Promise<boolean> {
  const project = join(scratch, "leap-years");
  heading("A scratch repository with a failing test");
  await makeProject(project);
  say((await testsPass(project)).output);
  stopped.throwIfAborted();

  heading("An AgentJob runs on it");
  say(`  $ clauderon run -f agentjob.yaml --repository leap-years=${project}`);
  say(`  The agent is the real Claude Code; ${live ? "so is its model." : "its model is a script on this machine."}\n`);
  const code = await runAgentJob(scratch, project, model);
  stopped.throwIfAborted();
  if (code !== 0) throw new Fault("AGENT_FAILED", `clauderon run ended with exit code ${code}; see its output above`);
  if ((await git(project, "branch", "--list", BRANCH)) === "") {
    throw new Fault("AGENT_FAILED", "The agent ended without making a commit");
  }

  heading(`What it did, on the branch ${BRANCH}`);
  const colour = `--color=${colours ? "always" : "never"}`;
  say(await git(project, "log", colour, "--stat", "--format=%h %an: %s", `main..${BRANCH}`));
  say(`\n${await git(project, "diff", colour, "--unified=1", `main..${BRANCH}`)}`);

  heading("The tests on that branch");
  await git(project, "checkout", "--quiet", BRANCH);
  const after = await testsPass(project);
  say(after.output);
  stopped.throwIfAborted();
  return after.passed;
}

function sayWhatNext(): void {
  heading("Next");
  say("  your own repository    npx clauderon run -f agentjob.yaml --repository NAME=PATH  (examples/ has manifests)");
  say("  the real model         ANTHROPIC_API_KEY=… npm run demo -- --live");
  say("  look around yourself   npm run demo -- --keep");
  say('  a Kubernetes cluster   README.md, "Five minutes to a cluster"');
}

async function demo({ live, keep }: { live: boolean; keep: boolean }): Promise<number> {
  const model = live ? liveModel() : await scriptedModel();
  const scratch = mkdtempSync(join(tmpdir(), "clauderon-demo-"));
  try {
    const passed = await tell(scratch, model, live);
    say(
      `\n${passed ? "✓ The test passes: the agent found the bug, fixed it and committed." : "✗ The tests still fail."}`,
    );
    if (passed) sayWhatNext();
    return Number(!passed);
  } finally {
    await model.stop();
    if (keep) say(`\n  kept: ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readOptions(): { live: boolean; keep: boolean; help: boolean } {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ options: { live: flag, keep: flag, help: { ...flag, short: "h" } } }).values;
  } catch (cause) {
    throw new Fault("USAGE", messageOf(cause), { cause, hint: "npm run demo -- --help" });
  }
}

try {
  const options = readOptions();
  if (options.help) say(USAGE);
  else process.exitCode = await demo(options);
} catch (thrown) {
  if (stopped.aborted) {
    say("\nStopped and cleaned up.");
    process.exitCode = 130;
  } else {
    console.error(`\n${thrown instanceof Fault ? faultText(thrown) : `✗ ${messageOf(thrown)}`}`);
    process.exitCode = 1;
  }
}
