import { execFile } from "node:child_process";
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
test("a century is not a leap year", () => assert.equal(isLeapYear(1900), false));
test("a century divisible by 400 is a leap year", () => assert.equal(isLeapYear(2000), true));
`,
};

/** Makes a git repository with the library, committed, in a new folder. */
export async function makeProject(folder: string): Promise<void> {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  await git(folder, "init", "--quiet", "--initial-branch=main");
  await git(folder, "config", "user.name", "Demo");
  await git(folder, "config", "user.email", "demo@example.invalid");
  await git(folder, "config", "commit.gpgSign", "false");
  await git(folder, "add", ".");
  await git(folder, "commit", "--quiet", "--message", "Leap years, with a bug");
}

/** What git prints; rejects with its words when it fails. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { failed, stdout, stderr } = await run("git", args, folder);
  if (failed) throw new Error(`git ${args.join(" ")} failed: ${stderr}`);
  return stdout.trimEnd();
}

/** Runs the library's tests; true when they pass. */
export async function testsPass(folder: string): Promise<{ passed: boolean; output: string }> {
  const { failed, stdout } = await run("node", ["--test", "--test-reporter=tap"], folder);
  const output = stdout.split("\n").filter((line) => /^(not )?ok /.test(line));
  return { passed: !failed, output: output.map((line) => `  ${line}`).join("\n") };
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ failed: boolean; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, stdout, stderr: stderr === "" ? (error?.message ?? "") : stderr });
    });
  });
}
