import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRESET_NAMES, presetRules } from "../../packages/protocol/src/proxy/presets.ts";
import { REFUSALS } from "../../packages/proxy/src/model/refusal.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/proxy.md"), "utf8");

/** The reasons in the first column of the table of refusals. */
function documented(page: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith("What is refused\n")) ?? "";
  const cells = [...section.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, reason = ""]) => reason));
}

/** Every reason that the server writes: `reason` and a word in quotes on one line. */
function written(): readonly string[] {
  const files = globSync("packages/proxy/src/**/*.ts", { cwd: ROOT, exclude: ["**/*.test.ts", "**/model/**"] });
  const lines = files.flatMap((file) => readFileSync(join(ROOT, file), "utf8").split("\n"));
  const assigned = lines.filter((line) => /\breason\b/.test(line));
  return assigned.flatMap((line) => [...line.matchAll(/"([A-Z][a-z]+[A-Z]\w*)"/g)].map(([, reason = ""]) => reason));
}

describe("docs/proxy.md", () => {
  it("explains every reason of a refusal, and no other", () => {
    const reasons = new Set([...Object.keys(REFUSALS), ...written(), "NotTls", "ClientClosed"]);
    expect(documented(PAGE).toSorted()).toEqual([...reasons].toSorted());
  });

  it.each(PRESET_NAMES)("lists the hosts of preset %s, and no other", (name) => {
    const [, row = ""] = new RegExp(`^\\| \`${name}\` \\| (.*) \\|$`, "m").exec(PAGE) ?? [];
    const hosts = new Set([...row.matchAll(/`([^`]+)`/g)].map(([, host]) => host));
    expect(hosts).toEqual(new Set(presetRules(name).map(({ host }) => host)));
  });

  it("fails the check when a reason is missing", () => {
    expect(documented(PAGE.replace("| `LimitReached` |", "| `Other` |"))).not.toContain("LimitReached");
  });
});
