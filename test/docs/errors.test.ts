import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "@clauderon/base";
import { RUN_FAILURES } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");

/** The titles of the third level below one of the second. */
function entries(page: string, section: string): readonly string[] {
  const body = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...body.matchAll(/^### (.+)$/gm)].map(([, title = ""]) => title);
}

describe("docs/errors.md", () => {
  it("explains every code of a Fault, and no other", () => {
    expect(entries(PAGE, "Codes of commands").toSorted()).toEqual(Object.keys(FAULTS).toSorted());
  });

  it("tells the exit code of every Fault", () => {
    for (const [code, { exit }] of Object.entries(FAULTS)) expect(PAGE).toContain(`### ${code}\n\nExit ${exit}. `);
  });

  it("explains every reason of a failed run, and no other", () => {
    expect(entries(PAGE, "Why a run failed").toSorted()).toEqual(RUN_FAILURES.toSorted());
  });

  it("is read so that a missing entry is seen", () => {
    expect(entries("## A\n\n### X\n\ntext\n\n## B\n\n### Y\n", "A")).toEqual(["X"]);
  });
});
