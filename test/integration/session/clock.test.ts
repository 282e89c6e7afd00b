import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { FakedTime, installFaketime } from "./fakedTime.ts";
import { numbersOf } from "./numberedLines.ts";
import { SessionUser } from "./sessionUser.ts";

const PATIENCE = { timeout: 80_000, interval: 100 };
const HOUR_MS = 3_600_000;
const library = await installFaketime();

vi.setConfig({ testTimeout: 240_000 });

it("a clock that jumps during attach loses no byte, status and ages stay right, and the session continues", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clauderon-clock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const time = new FakedTime(library, join(folder, "offset"));
  const user = new SessionUser(time.variables);
  const given = Object.entries(time.variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  await user.ok("create", "--name", "web", ...given);
  const status = async () => (await user.show("web")).status;
  const aheadHours = async () => Math.round((Date.parse((await status()).activityTime ?? "") - Date.now()) / HOUR_MS);
  const window = user.window(["attach", "web"]);
  await expect.poll(() => window.title, PATIENCE).toContain("to detach");
  window.type("drip\r");
  await expect.poll(() => numbersOf(window).length, PATIENCE).toBeGreaterThan(100);

  for (const [offset, age] of [
    ["+3d", /\b3d\b/],
    ["-2h", /\b0s\b/],
  ] as const) {
    time.jump(offset);
    const { length } = numbersOf(window);
    await expect.poll(() => numbersOf(window).length, PATIENCE).toBeGreaterThan(length + 200);
    expect(await status()).toMatchObject({ phase: "Running", activity: "Working" });
    expect(await user.ok("list")).toMatch(age);
  }
  const fetched = () => user.git("ls-tree", "--name-only", "refs/clauderon/sessions/web/work");
  await user.ok("exec", "web", "--", "touch", "enough");
  await expect.poll(() => window.screen, PATIENCE).toMatch(/dripped \d+ lines/);
  const [, lines] = /dripped (\d+) lines/.exec(window.screen) ?? [];
  expect(numbersOf(window)).toEqual(Array.from({ length: Number(lines) }, (_, line) => line));
  // The runner itself lives by that clock.
  await expect.poll(status, PATIENCE).toMatchObject({ activity: "Idle", turns: 1 });
  expect(await aheadHours()).toBe(-2);
  await expect.poll(fetched, PATIENCE).toContain("enough");

  time.jump("+3d");
  window.type("shell echo made > made\r");
  await expect.poll(status, PATIENCE).toMatchObject({ activity: "Idle", turns: 2 });
  expect(await aheadHours()).toBe(72);
  await expect.poll(fetched, PATIENCE).toContain("made");
  time.jump("-2h");
  await user.ok("send", "web", "shell echo more > more");
  await expect.poll(fetched, PATIENCE).toContain("more");
  expect(await user.ok("create", "--name", "later")).toBe("later");
  expect(await user.ok("list")).not.toMatch(/-\d/);

  await user.ok("delete", "web", "later");
  await expect.poll(() => window.exitCode, PATIENCE).toBe(0);
  expect(user.git("ls-tree", "--name-only", "refs/clauderon/rescued/web")).toContain("more");
  expect(await user.names()).toEqual([]);
});
