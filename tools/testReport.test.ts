import { describe, expect, it } from "vitest";
import { countVitest, failedPart, sumCounts } from "./testReport.ts";

const passed = { status: "passed", fullName: "adds" };

const report = (over: object): string =>
  JSON.stringify({
    success: true,
    numPassedTests: 2,
    numFailedTests: 0,
    numTotalTests: 2,
    testResults: [{ name: "a.test.ts", status: "passed", assertionResults: [passed, passed] }],
    ...over,
  });

describe("countVitest", () => {
  it("reads the counts of a successful run", () => {
    expect(countVitest(report({}))).toEqual({ passed: 2, failed: 0, failures: [] });
  });

  it("names a failed test, with the start of its message", () => {
    const message = ["", "AssertionError: no", ...Array.from({ length: 40 }, (_, line) => `at line ${line}`)].join(
      "\n",
    );
    const failed = { status: "failed", fullName: "subtracts", failureMessages: [message] };
    const testResults = [{ name: "a.test.ts", status: "failed", assertionResults: [passed, failed] }];
    const counts = countVitest(report({ success: false, numPassedTests: 1, numFailedTests: 1, testResults }));
    expect(counts).toMatchObject({ passed: 1, failed: 1 });
    expect(counts.failures).toHaveLength(1);
    const lines = counts.failures[0]?.split("\n") ?? [];
    expect(lines.slice(0, 3)).toEqual(["a.test.ts: subtracts (failed)", "    AssertionError: no", "    at line 0"]);
    expect(lines).toHaveLength(26);
  });

  it("counts a skipped test as failed, and names it", () => {
    const skipped = { status: "skipped", fullName: "divides" };
    const testResults = [{ name: "a.test.ts", status: "passed", assertionResults: [passed, passed, skipped] }];
    const failures = ["a.test.ts: divides (skipped)"];
    expect(countVitest(report({ numTotalTests: 3, testResults }))).toEqual({ passed: 2, failed: 1, failures });
  });

  it("counts a file that could not be loaded as failed, and names it", () => {
    const testResults = [{ name: "b.test.ts", status: "failed", message: "no such module", assertionResults: [] }];
    const failures = ["b.test.ts could not be loaded\n    no such module"];
    expect(countVitest(report({ success: false, testResults }))).toEqual({ passed: 2, failed: 1, failures });
  });

  it("counts an unsuccessful run without a failed test as failed", () => {
    const failures = ["vitest failed although no test failed: see its output"];
    expect(countVitest(report({ success: false }))).toEqual({ passed: 2, failed: 1, failures });
  });

  it("counts no report, and a report of no tests, as failed", () => {
    expect(countVitest(undefined)).toEqual(failedPart("vitest wrote no report"));
    expect(countVitest(report({ numTotalTests: 0, numPassedTests: 0 }))).toEqual(failedPart("vitest ran no test"));
  });
});

describe("sumCounts", () => {
  it("adds counts and keeps every failure", () => {
    const counts = [
      { passed: 1, failed: 2, failures: ["a", "b"] },
      { passed: 3, failed: 1, failures: ["c"] },
    ];
    expect(sumCounts(counts)).toEqual({ passed: 4, failed: 3, failures: ["a", "b", "c"] });
  });
});
