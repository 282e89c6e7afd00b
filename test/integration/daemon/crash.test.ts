import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DaemonWorld, POLL } from "./daemonProcess.ts";
import { processesOf } from "../../kit/processes.ts";

const runnerOf = (home: string, name: string) =>
  processesOf(home).filter(({ line }) => line.includes(`session ${home}/sessions/${name}`));

it("runners survive a killed daemon, and the next daemon reconnects to them", async () => {
  const world = await new DaemonWorld().start();
  await Promise.all(["one", "two"].map((name) => world.create({ name })));
  await Promise.all(["one", "two"].map((name) => world.until(name, "Running", "Idle")));
  const before = ["one", "two"].map((name) => runnerOf(world.home, name));
  await world.end("SIGKILL");
  expect(["one", "two"].map((name) => runnerOf(world.home, name))).toEqual(before);
  await world.start();
  await Promise.all(["one", "two"].map((name) => world.until(name, "Running", "Idle")));
  await world.ask("POST", "/api/sessions/one/prompt", { prompt: "say still here" });
  await expect.poll(async () => (await world.session("one")).status.turns, POLL).toBe(1);
  expect(["one", "two"].map((name) => runnerOf(world.home, name))).toEqual(before);
});

it("runners survive a stopped daemon", async () => {
  const world = await new DaemonWorld().start();
  await world.create({ name: "stays" });
  await world.until("stays", "Running", "Idle");
  const before = runnerOf(world.home, "stays");
  await world.end("SIGTERM");
  expect(existsSync(join(world.home, "sessions/stays/runner.sock"))).toBe(true);
  await world.start();
  await world.until("stays", "Running", "Idle");
  expect(runnerOf(world.home, "stays")).toEqual(before);
});
