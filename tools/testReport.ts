/** What one part of `npm test` came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What failed and why, one entry each: the name, then the message in lines of their own. */
  readonly failures: readonly string[];
}

/** The members of vitest's JSON report that the counts come from. */
interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly TestReport[];
}

interface TestReport {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages?: readonly string[] | null;
}

/** The most lines of one failure's message that are repeated at the end. */
const MESSAGE_LINES = 25;

/** A part that failed as a whole, for the reason given. */
export function failedPart(reason: string): Counts {
  return { passed: 0, failed: 1, failures: [reason] };
}

/**
 * The counts in a vitest JSON report. Whatever keeps a test from proving something counts as a failure: a file that could
 * not be loaded, a run that vitest calls unsuccessful though no test failed (an unhandled error), a test that was skipped,
 * no test at all, or no report (`text` undefined: vitest never got that far).
 */
export function countVitest(text: string | undefined): Counts {
  if (text === undefined) return failedPart("vitest wrote no report");
  const report = JSON.parse(text) as VitestReport;
  if (report.numTotalTests === 0) return failedPart("vitest ran no test");
  const failures = report.testResults.flatMap(failuresOfFile);
  if (failures.length === 0 && !report.success) failures.push("vitest failed although no test failed: see its output");
  const brokenFiles = report.testResults.filter(isBroken).length;
  const skipped = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  const failed = report.numFailedTests + brokenFiles + skipped;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed, failures };
}

function isBroken(file: FileReport): boolean {
  return file.status === "failed" && file.assertionResults.length === 0;
}

function failuresOfFile(file: FileReport): string[] {
  if (isBroken(file)) return [entry(`${file.name} could not be loaded`, file.message ?? "")];
  return file.assertionResults
    .filter((test) => test.status !== "passed")
    .map((test) => entry(`${file.name}: ${test.fullName} (${test.status})`, test.failureMessages?.join("\n") ?? ""));
}

function entry(name: string, message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return [name, ...lines.slice(0, MESSAGE_LINES).map((line) => `    ${line}`)].join("\n");
}

/** The sum of several counts. */
export function sumCounts(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((sum, next) => sum + next.passed, 0),
    failed: counts.reduce((sum, next) => sum + next.failed, 0),
    failures: counts.flatMap((next) => next.failures),
  };
}
