import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deadLinks, sharedNumbers, unknownPaths, unknownScripts } from "./links.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = globSync(["*.md", "docs/**/*.md", "charts/*/*.md", "test/kit/**/*.md"], {
  cwd: ROOT,
  exclude: ["**/node_modules/**"],
});

describe("the documentation", () => {
  it.each(PAGES)("%s links to existing targets and names existing files and scripts", (page) => {
    expect([...deadLinks(ROOT, page), ...unknownPaths(ROOT, page), ...unknownScripts(ROOT, page)]).toEqual([]);
  });

  it("has one number for each decision record", () => {
    expect(sharedNumbers(PAGES.filter((page) => page.startsWith("docs/decisions/")))).toEqual([]);
    expect(sharedNumbers(["docs/decisions/0012-a.md", "docs/decisions/0012-b.md", "docs/decisions/0013-c.md"])).toEqual(
      ["0012"],
    );
  });

  it("fails the check for a dead link, an unknown file and an unknown script", () => {
    const root = mkdtempSync(join(tmpdir(), "docs-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, "package.json"), '{"scripts":{"ok":"true"}}');
    writeFileSync(
      join(root, "page.md"),
      "[a](gone.md) [b](page.md#x) [c](https://example.com) npm run ok, npm run gone, `git/src/a.ts`, `git/src/b/`, `src/a.ts`",
    );
    mkdirSync(join(root, "packages/git/src"), { recursive: true });
    writeFileSync(join(root, "packages/git/src/a.ts"), "");
    expect(unknownPaths(root, "page.md")).toEqual(["page.md: git/src/b/"]);
    expect(deadLinks(root, "page.md")).toEqual(["page.md: gone.md"]);
    expect(unknownScripts(root, "page.md")).toEqual(["page.md: npm run gone"]);
  });
});
