import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram } from "./bundle.ts";

describe("bundleProgram", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "clauderon-bundle-"));
    writeFileSync(join(root, "old.cjs"), 'const os = require("node:os"); exports.newline = JSON.stringify(os.EOL);');
    writeFileSync(
      join(root, "main.ts"),
      'import { newline } from "./old.cjs"; const word: string = await Promise.resolve("ran"); console.log(word, newline);',
    );
    writeFileSync(join(root, "broken.ts"), 'import "./absent.ts";');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("gives one executable file that runs alone, CommonJS and top-level await included", async () => {
    const program = join(mkdtempSync(join(root, "alone-")), "program.mjs");
    writeFileSync(program, await bundleProgram(root, "main.ts"), { mode: 0o755 });
    expect(execFileSync(program, { encoding: "utf8" })).toBe('ran "\\n"\n');
  });

  it("gives the same bytes for the same sources", async () => {
    const [first, second] = [await bundleProgram(root, "main.ts"), await bundleProgram(root, "main.ts")];
    expect(Buffer.compare(first, second)).toBe(0);
  });

  it("names the import it cannot resolve", async () => {
    await expect(bundleProgram(root, "broken.ts")).rejects.toThrow(/Cannot bundle broken\.ts.*absent\.ts/s);
  });
});
