import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURE = "test/architecture/fixtures/pure";

function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", command), args, {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}` };
}

/** The project's own lint rules in a throw-away file that does not leave the fixtures out. */
function lintConfigWithoutIgnores(): string {
  const folder = mkdtempSync(join(tmpdir(), "lint-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = JSON.parse(readFileSync(join(ROOT, ".oxlintrc.json"), "utf8")) as { ignorePatterns?: string[] };
  delete config.ignorePatterns;
  writeFileSync(join(folder, "oxlintrc.json"), JSON.stringify(config));
  return join(folder, "oxlintrc.json");
}

// That the real tree passes is a step of `npm run ok`; here the checks must reject what they are there to reject.
describe("the purity check", () => {
  it("rejects every use of the platform in a model folder, type-only imports included", () => {
    const { status, output } = run("tsc", "--noEmit", "-p", FIXTURE);
    expect(status).not.toBe(0);
    for (const name of ["node:fs", "process", "Buffer", "fetch", "setTimeout", "document"]) {
      expect(output).toMatch(new RegExp(`impure\\.ts.*'${name}'`));
    }
  });

  it("rejects the clock and chance in a model folder", () => {
    const { status, output } = run("oxlint", "-c", lintConfigWithoutIgnores(), `${FIXTURE}/model/clock.ts`);
    expect(status).not.toBe(0);
    expect(output).toMatch(/Time is an argument/);
    expect(output).toMatch(/Chance is an argument/);
  });
});
