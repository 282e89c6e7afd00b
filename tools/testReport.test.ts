import { describe, expect, it } from "vitest";
import { countVitest, sumCounts } from "./testReport.ts";

const report = (over: object): string =>
  JSON.stringify({
    success: true,
    numPassedTests: 2,
    numFailedTests: 0,
    numTotalTests: 2,
    testResults: [{ status: "passed", assertionResults: [{}, {}] }],
    ...over,
  });

describe("countVitest", () => {
  it("reads the counts of a successful run", () => {
    expect(countVitest(report({}))).toEqual({ passed: 2, failed: 0 });
  });

  it("counts a skipped test as failed", () => {
    expect(countVitest(report({ numTotalTests: 3 }))).toEqual({ passed: 2, failed: 1 });
  });

  it("counts a file that could not be loaded as failed", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    expect(countVitest(report({ success: false, testResults }))).toEqual({ passed: 2, failed: 1 });
  });

  it("counts an unsuccessful run without a failed test as failed", () => {
    expect(countVitest(report({ success: false }))).toEqual({ passed: 2, failed: 1 });
  });

  it("counts no report, and a report of no tests, as failed", () => {
    expect(countVitest(undefined)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest(report({ numTotalTests: 0, numPassedTests: 0 }))).toEqual({ passed: 0, failed: 1 });
  });
});

describe("sumCounts", () => {
  it("adds counts", () => {
    const counts = [
      { passed: 1, failed: 2 },
      { passed: 3, failed: 4 },
    ];
    expect(sumCounts(counts)).toEqual({ passed: 4, failed: 6 });
  });
});
