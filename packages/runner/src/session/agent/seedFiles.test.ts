import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { seedFiles } from "./seedFiles.ts";

const FILE = "settings/agent.json";

/** What an agent of this session, or the user, may have left where the settings go. */
const BEFORE: Readonly<Record<string, readonly [make: (home: string) => unknown, kept: object]>> = {
  nothing: [() => undefined, {}],
  settings: [(home) => write(home, '{"theme":"dark"}'), { theme: "dark" }],
  "a link to settings": [
    (home) => {
      writeFileSync(join(home, "dotfile"), '{"theme":"dark"}');
      mkdirSync(join(home, "settings"));
      symlinkSync("../dotfile", join(home, FILE));
    },
    { theme: "dark" },
  ],
  "settings in a folder behind a link": [
    (home) => {
      mkdirSync(join(home, "dotfiles"));
      symlinkSync("dotfiles", join(home, "settings"));
      writeFileSync(join(home, FILE), '{"theme":"dark"}');
    },
    { theme: "dark" },
  ],
  "a file that is not JSON": [(home) => write(home, "{"), {}],
  "a folder": [(home) => mkdirSync(join(home, FILE, "inner"), { recursive: true }), {}],
  "a named pipe": [
    (home) => {
      mkdirSync(join(home, "settings"));
      spawnSync("mkfifo", [join(home, FILE)]);
    },
    {},
  ],
  "a file in the place of the folder": [(home) => writeFileSync(join(home, "settings"), ""), {}],
};

function write(home: string, text: string): void {
  mkdirSync(join(home, "settings"));
  writeFileSync(join(home, FILE), text);
}

it.each(Object.keys(BEFORE))("seedFiles writes settings where there was %s", (what) => {
  const home = mkdtempSync(join(tmpdir(), "seed-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const [make, kept] = BEFORE[what] ?? [() => undefined, {}];
  make(home);
  seedFiles([{ path: join(home, FILE), content: '{"isTrusted":true}' }]);
  expect(JSON.parse(readFileSync(join(home, FILE), "utf8"))).toEqual({ ...kept, isTrusted: true });
});
