/**
 * `npm test`: everything, on any Debian machine as root: static checks, unit and integration tests, the images, and the
 * end-to-end tests on a cluster of their own. A failing part does not hide the others. What failed is printed once more at
 * the end, because logs of CI keep the end when they keep only a part. The last line is the real count.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { runChecks, STATIC_CHECKS } from "./checks.ts";
import { type Counts, countVitest, failedPart, sumCounts } from "./testReport.ts";

const REPORTS = "out/test";

/** Runs a command with this terminal's output; resolves with whether it exited 0. */
function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
}

async function part(title: string, work: () => Promise<Counts>): Promise<Counts> {
  const started = performance.now();
  console.log(`\n=== ${title}`);
  const counts = await work();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`=== ${title}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
  return counts;
}

async function checks(): Promise<Counts> {
  const outcomes = await runChecks(STATIC_CHECKS);
  const failed = outcomes.filter((outcome) => !outcome.passed);
  const failures = failed.map((outcome) => `check ${outcome.check.name}`);
  return { passed: outcomes.length - failed.length, failed: failed.length, failures };
}

async function vitest(project: string): Promise<Counts> {
  const file = `${REPORTS}/${project}.json`;
  rmSync(file, { force: true });
  await run("vitest", ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile=${file}`]);
  return countVitest(readIfThere(file));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

async function step(command: string, args: readonly string[]): Promise<Counts> {
  return (await run(command, args)) ? { passed: 1, failed: 0, failures: [] } : failedPart([command, ...args].join(" "));
}

mkdirSync(REPORTS, { recursive: true });
const total = sumCounts([
  await part("checks", checks),
  await part("unit tests", () => vitest("unit")),
  await part("cluster tools", () => step("node", ["test/kit/cluster/main.ts", "build"])),
  await part("integration tests", () => vitest("integration")),
  await part("integration tests on the oldest Kubernetes", () => vitest("oldest")),
  await part("crowds", () => vitest("crowds")),
  await part("images", () => step("node", ["tools/images.ts", "--test"])),
  await part("end-to-end tests", () => vitest("e2e")),
]);
for (const failure of total.failures) console.log(`\nFAILED ${failure}`);
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`\n${total.passed} passed, ${total.failed} failed`);
