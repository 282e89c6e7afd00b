import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A small library with a bug, and the test that shows it. */
const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "leap-years", "type": "module", "scripts": { "test": "node --test" } }\n',
  "leap.js": `/** True for a leap year of the Gregorian calendar. */
export function isLeapYear(year) {
  return year % 4 === 0;
}
`,
  "leap.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { isLeapYear } from "./leap.js";

test("every fourth year is a leap year", () => assert.equal(isLeapYear(2028), true));
test("a century is none", () => assert.equal(isLeapYear(1900), false));
test("a century that 400 divides is one", () => assert.equal(isLeapYear(2000), true));
`,
};

/** Makes a git repository with the library, committed, in a new folder. */
export function makeProject(folder: string): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "config", "user.name", "Demo");
  git(folder, "config", "user.email", "demo@example.invalid");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", "Leap years, with a bug");
}

/** What git prints; throws with its words when it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr}`);
  return stdout.trimEnd();
}

/** Runs the library's tests; true when they pass. */
export function testsPass(folder: string): { passed: boolean; output: string } {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, FORCE_COLOR: undefined };
  const { status, stdout } = spawnSync("node", ["--test", "--test-reporter=tap"], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  const output = stdout.split("\n").filter((line) => /^(not )?ok /.test(line));
  return { passed: status === 0, output: output.map((line) => `  ${line}`).join("\n") };
}
