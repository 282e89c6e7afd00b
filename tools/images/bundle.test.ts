import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram, PROGRAM_FILE } from "./bundle.ts";

describe("bundleProgram", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "clauderon-bundle-"));
    writeFileSync(join(root, "old.cjs"), 'const os = require("node:os"); exports.newline = JSON.stringify(os.EOL);');
    writeFileSync(
      join(root, "main.ts"),
      'import { newline } from "./old.cjs"; const word: string = await Promise.resolve("ran"); const rest = await import("./rest.ts"); console.log(word, newline, rest.word);',
    );
    writeFileSync(join(root, "rest.ts"), 'export const word = "later";');
    writeFileSync(join(root, "broken.ts"), 'import "./absent.ts";');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("writes files that run alone, with CommonJS and top-level await; dynamic imports are separate files", async () => {
    const folder = mkdtempSync(join(root, "alone-"));
    const bundle = await bundleProgram(root, "main.ts");
    for (const { name, contents } of bundle) writeFileSync(join(folder, name), contents, { mode: 0o755 });
    expect(execFileSync(join(folder, PROGRAM_FILE), { encoding: "utf8" })).toBe('ran "\\n" later\n');
    const holders = bundle.filter(({ contents }) => Buffer.from(contents).includes("later"));
    expect([bundle[0]?.name, holders.length, holders[0] === bundle[0]]).toEqual([PROGRAM_FILE, 1, false]);
  });

  it("gives the same bytes for the same sources", async () => {
    expect(await bundleProgram(root, "main.ts")).toEqual(await bundleProgram(root, "main.ts"));
  });

  it("names the import it cannot resolve", async () => {
    await expect(bundleProgram(root, "broken.ts")).rejects.toThrow(/Cannot bundle broken\.ts.*absent\.ts/s);
  });
});
