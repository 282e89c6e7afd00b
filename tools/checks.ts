/** The checks of `npm run ok`, and how one is run. Slowest first, so that they overlap best. */
import { spawn } from "node:child_process";

export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** Everything fast that is not a test of vitest's. */
export const STATIC_CHECKS: readonly Check[] = [
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "model purity", command: ["tsc", "--noEmit", "-p", "tsconfig.model.json"] },
  { name: "lint", command: ["oxlint", "--type-aware"] },
  { name: "format", command: ["biome", "format", "--reporter=summary"] },
  { name: "generated files", command: ["node", "tools/generate.ts", "--check"] },
  { name: "unused code", command: ["knip", "--no-progress"] },
];

export interface Outcome {
  readonly check: Check;
  readonly passed: boolean;
  readonly output: string;
}

/** Runs one check to its end; never rejects. A command that cannot be started has failed. */
export function runCheck(check: Check): Promise<Outcome> {
  const [command, ...args] = check.command;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const end = (passed: boolean, note = ""): void =>
      resolve({ check, passed, output: Buffer.concat(chunks).toString() + note });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => end(false, `Cannot run ${command}: ${error.message}. Run "npm ci" first\n`));
    child.on("close", (code) => end(code === 0));
  });
}

/** Runs the checks, two at a time, and prints a line as each one ends, with the output of those that fail. */
export async function runChecks(checks: readonly Check[]): Promise<readonly Outcome[]> {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const started = performance.now();
      const outcome = await runCheck(check);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      outcomes.push(outcome);
      console.log(`${outcome.passed ? "ok    " : "FAILED"} ${seconds.padStart(6)} s  ${check.name}`);
      if (!outcome.passed) console.log(`--- ${check.command.join(" ")}\n${outcome.output.trimEnd()}\n---`);
    }
  };
  await Promise.all([lane(), lane()]);
  return outcomes;
}
