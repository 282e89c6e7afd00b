/**
 * `npm run demo [-- --live] [-- --keep]`: an agent fixes a failing test in a scratch repository. The agent is the real Claude
 * Code; its model is a script on this machine, or with --live the real one. Nothing is left behind unless --keep is given.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startScriptedMessages } from "../test/kit/internet/messages/scriptedMessages.ts";
import { git, makeProject, testsPass } from "./demo/project.ts";
import { FIX_LEAP_YEARS, manifests } from "./demo/script.ts";

const LIVE_VARIABLES = ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"] as const;

const live = process.argv.includes("--live");
const keep = process.argv.includes("--keep");
const scratch = mkdtempSync(join(tmpdir(), "clauderon-demo-"));
const project = join(scratch, "leap-years");

const say = (text: string): void => console.log(text);
const heading = (text: string): void => say(`\n▸ ${text}`);

/** Runs the AgentJob with the command a user would type; resolves with its exit code. */
function runAgentJob(file: string, credential: Readonly<Record<string, string>>): Promise<number> {
  const program = join(import.meta.dirname, "../packages/cli/bin/clauderon.mjs");
  const child = spawn(process.execPath, [program, "run", "-f", file, "--repository", `leap-years=${project}`], {
    stdio: "inherit",
    env: { ...process.env, ...credential, CLAUDERON_HOME: join(scratch, "home") },
  });
  stopped.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  return new Promise((resolve) => {
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** The model and the credential for it: the script's, or with --live the user's own. */
async function startModel(): Promise<{ env: Record<string, string>; variable: string; stop(): Promise<void> }> {
  if (!live) {
    const model = await startScriptedMessages({ script: FIX_LEAP_YEARS });
    const env = { ANTHROPIC_BASE_URL: model.baseUrl, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" };
    return { env, variable: "ANTHROPIC_API_KEY", stop: () => model.stop() };
  }
  const variable = LIVE_VARIABLES.find((name) => process.env[name] !== undefined);
  if (variable === undefined) throw new Error(`--live needs ${LIVE_VARIABLES.join(" or ")} in the environment`);
  return { env: {}, variable, stop: async () => {} };
}

async function demo(): Promise<boolean> {
  const model = await startModel();
  try {
    heading("A scratch repository with a failing test");
    makeProject(project);
    say(testsPass(project).output);

    heading(`An AgentJob runs on it: clauderon run -f agentjob.yaml --repository leap-years=${project}`);
    say(
      live
        ? "  The model is the real one.\n"
        : "  The agent is the real Claude Code; its model is a script on this machine.\n",
    );
    const file = join(scratch, "agentjob.yaml");
    writeFileSync(file, manifests(model.env, model.variable));
    const code = await runAgentJob(file, live ? {} : { [model.variable]: "demo" });
    if (stopped.aborted) return false;
    if (code !== 0) throw new Error(`clauderon run ended with exit code ${code}`);

    const branch = "clauderon/fix-tests";
    heading(`What it did: branch ${branch}`);
    say(git(project, "log", "--stat", "--format=%h %an: %s", `main..${branch}`));
    say(git(project, "diff", "--unified=1", `main..${branch}`));

    heading("The tests on that branch");
    git(project, "checkout", "--quiet", branch);
    const after = testsPass(project);
    say(after.output);
    return after.passed;
  } finally {
    await model.stop();
  }
}

const stopping = new AbortController();
const stopped = stopping.signal;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

try {
  const passed = await demo();
  if (stopped.aborted) say("\nStopped; nothing is left behind.");
  else say(passed ? "\n✓ The test passes; the agent's commit fixed it." : "\n✗ The tests still fail.");
  if (passed) {
    heading("Next");
    say(
      "  your own repository   npx clauderon run -f agentjob.yaml --repository NAME=PATH   (examples/ has manifests)",
    );
    say("  the real model        ANTHROPIC_API_KEY=… npm run demo -- --live");
    say('  a Kubernetes cluster  README.md, "Five minutes to a cluster"');
  }
  process.exitCode = stopped.aborted ? 130 : Number(!passed);
} catch (thrown) {
  console.error(`\n✗ ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
} finally {
  if (keep) say(`\n  kept: ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
