import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deadLinks, unknownScripts } from "./links.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = globSync(["*.md", "docs/**/*.md", "charts/*/*.md", "test/kit/**/*.md"], {
  cwd: ROOT,
  exclude: ["**/node_modules/**"],
});

describe("the documentation", () => {
  it.each(PAGES)("%s links to existing targets and names existing scripts", (page) => {
    expect([...deadLinks(ROOT, page), ...unknownScripts(ROOT, page)]).toEqual([]);
  });

  it("fails the check for a dead link and an unknown script", () => {
    const root = mkdtempSync(join(tmpdir(), "docs-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, "package.json"), '{"scripts":{"ok":"true"}}');
    writeFileSync(
      join(root, "page.md"),
      "[a](gone.md) [b](page.md#x) [c](https://example.com) npm run ok, npm run gone",
    );
    expect(deadLinks(root, "page.md")).toEqual(["page.md: gone.md"]);
    expect(unknownScripts(root, "page.md")).toEqual(["page.md: npm run gone"]);
  });
});
