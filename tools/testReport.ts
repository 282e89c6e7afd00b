/** Counts of one part of `npm test`. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The members of vitest's JSON report that the counts come from. */
interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/**
 * The counts in a vitest JSON report. Whatever keeps a test from proving something counts as a failure: a file that could
 * not be loaded, a run that vitest calls unsuccessful though no test failed (an unhandled error), a test that was skipped,
 * no test at all, or no report (`text` undefined: vitest never got that far).
 */
export function countVitest(text: string | undefined): Counts {
  const report = text === undefined ? undefined : (JSON.parse(text) as VitestReport);
  if (report === undefined || report.numTotalTests === 0) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const skipped = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  const failed = report.numFailedTests + brokenFiles + skipped;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

/** The sum of several counts. */
export function sumCounts(counts: readonly Counts[]): Counts {
  return counts.reduce((sum, next) => ({ passed: sum.passed + next.passed, failed: sum.failed + next.failed }), {
    passed: 0,
    failed: 0,
  });
}
