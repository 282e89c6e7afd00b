import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { GIT_SETTINGS, UNREAD } from "../../../packages/git/src/model/settings.ts";
import { HOSTILE } from "../../kit/repositories/hostileConfig.ts";

/** The row of a key: its own, or that of what begins like it. */
function hasRow(key: string): boolean {
  const name = key.toLowerCase();
  return Object.keys(GIT_SETTINGS).some((row) =>
    row.endsWith("*") ? name.startsWith(row.slice(0, -1).toLowerCase()) : name === row.toLowerCase(),
  );
}

const isUnread = (key: string) => UNREAD.some((section) => section.toLowerCase() === key.split(".")[0]?.toLowerCase());

it("the table of settings has a row for each key of git that a command of ours reads", () => {
  const keys = execFileSync("git", ["help", "--config"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => /^\S+\.\S+$/.test(line));
  expect(keys.length).toBeGreaterThan(500);
  expect(keys.filter((key) => !hasRow(key) && !isUnread(key))).toEqual([]);
  expect(keys.filter((key) => hasRow(key) && isUnread(key))).toEqual([]);
});

it("the hostile configuration has each key that we set, with another value", () => {
  const set = Object.entries(GIT_SETTINGS).flatMap(([key, row]) => ("value" in row ? [[key, row.value] as const] : []));
  expect(set.length).toBeGreaterThan(80);
  const same = set.filter(([key, value]) => HOSTILE[key] === undefined || HOSTILE[key].includes(value));
  expect(same.map(([key]) => key)).toEqual([]);
});

it("git accepts each setting", () => {
  const args = Object.entries(GIT_SETTINGS).flatMap(([key, row]) =>
    "value" in row ? ["-c", `${key}=${row.value}`] : [],
  );
  expect(execFileSync("git", [...args, "config", "--get", "core.fsmonitor"], { encoding: "utf8" })).toBe("false\n");
});
