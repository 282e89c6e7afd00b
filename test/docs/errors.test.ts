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

/** What a page of errors says wrongly of the codes of commands. */
function codeErrors(page: string): readonly string[] {
  const told = entries(page, "Codes of commands");
  return [
    ...Object.keys(FAULTS)
      .filter((code) => !told.includes(code))
      .map((code) => `${code} is missing`),
    ...told.filter((code) => !(code in FAULTS)).map((code) => `${code} is not a code`),
    ...Object.entries(FAULTS)
      .filter(([code, { exit }]) => told.includes(code) && !page.includes(`### ${code}\n\nExit ${exit}. `))
      .map(([code, { exit }]) => `${code} does not begin with: Exit ${exit}.`),
  ];
}

describe("docs/errors.md", () => {
  it("explains every code of a Fault with its exit code, and no other", () => {
    expect(codeErrors(PAGE)).toEqual([]);
  });

  it("explains every reason of a failed run, and no other", () => {
    expect(entries(PAGE, "Why a run failed").toSorted()).toEqual(RUN_FAILURES.toSorted());
  });

  it("fails the check when an entry is missing, superfluous, or has another exit code", () => {
    expect(codeErrors(PAGE.replace("### TIMEOUT", "### TIME"))).toEqual(["TIMEOUT is missing", "TIME is not a code"]);
    expect(codeErrors(PAGE.replace("### TIMEOUT\n\nExit 9. ", "### TIMEOUT\n\nExit 8. "))).toEqual([
      "TIMEOUT does not begin with: Exit 9.",
    ]);
  });
});
