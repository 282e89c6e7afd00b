/** `npm run ok`: the fast gate. Runs every check at once and prints what each failing one said. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: "unit, layers, docs", command: ["vitest", "run", "--project", "unit", "--reporter=default"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "model purity", command: ["tsc", "--noEmit", "-p", "tsconfig.model.json"] },
  { name: "lint", command: ["oxlint", "--type-aware"] },
  { name: "format", command: ["biome", "format", "--reporter=summary"] },
  { name: "generated files", command: ["node", "tools/generate.ts", "--check"] },
  { name: "unused code", command: ["knip", "--no-progress"] },
];

interface Outcome {
  readonly check: Check;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

function run(check: Check): Promise<Outcome> {
  const started = performance.now();
  const [command = "", ...args] = check.command;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FORCE_COLOR: "0" } });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    const end = (passed: boolean, note = ""): void => {
      const output = Buffer.concat(chunks).toString() + note;
      resolve({ check, passed, seconds: (performance.now() - started) / 1000, output });
    };
    child.on("error", (error) => end(false, `\nCannot run ${command}: ${error.message}. Is "npm ci" done?\n`));
    child.on("close", (code) => end(code === 0));
  });
}

/** Runs the checks, at most `width` at a time, in the order given (slowest first). */
async function runAll(checks: readonly Check[], width: number): Promise<Outcome[]> {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const outcome = await run(check);
      outcomes.push(outcome);
      console.log(`${outcome.passed ? "ok    " : "FAILED"}  ${outcome.seconds.toFixed(1).padStart(5)} s  ${check.name}`);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return outcomes;
}

const outcomes = await runAll(CHECKS, Math.max(2, availableParallelism()));
const failed = outcomes.filter((outcome) => !outcome.passed);
for (const { check, output } of failed) console.log(`\n--- ${check.name}: ${check.command.join(" ")}\n${output.trim()}`);
process.exitCode = failed.length === 0 ? 0 : 1;
