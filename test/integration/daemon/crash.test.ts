import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import { processesOf } from "./leftovers.ts";

/** Numbers in [0, 1) that a seed repeats. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const SEED = Number(process.env["CLAUDERON_TEST_SEED"] ?? Date.now() % 1_000_000);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const runnerOf = (home: string, name: string) =>
  processesOf(home).filter(({ line }) => line.includes(`session ${home}/sessions/${name}`));

it("runners outlive a daemon that is killed, and the next one takes them up", async () => {
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

it("a daemon that is stopped leaves the runners too", async () => {
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

/** A daemon dies within `span` milliseconds of a create; the next one makes it whole, and it answers a prompt once. */
it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  `a daemon killed at a random point of a create is healed by the next (seed ${SEED}, round %i)`,
  async (round) => {
    const random = chance(SEED + round * 7_919);
    const world = await new DaemonWorld().start();
    await world.create({ name: "victim" });
    // More than once: healing may be cut short too.
    for (let times = 1 + Math.floor(random() * 2); times > 0; times -= 1) {
      await pause(random() * 900);
      await world.end("SIGKILL");
      await world.start();
    }
    await world.until("victim", "Running", "Idle");
    expect(runnerOf(world.home, "victim")).toHaveLength(1);
    expect(world.leftovers()["worktrees"]).toHaveLength(1);
    expect((await world.ask("DELETE", "/api/sessions/victim")).body).toEqual({ name: "victim" });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  `a daemon killed at a random point of a delete is healed by the next (seed ${SEED}, round %i)`,
  async (round) => {
    const random = chance(SEED + 1 + round * 104_729);
    const world = await new DaemonWorld().start();
    await world.create({ name: "victim" });
    // Now and then it is not even whole when it is deleted.
    if (random() < 0.7) await world.until("victim", "Running", "Idle");
    const asked = world.ask("DELETE", "/api/sessions/victim").catch(() => undefined);
    await pause(random() * 350);
    await world.end("SIGKILL");
    await asked;
    await world.start();
    const { body } = await world.ask("DELETE", "/api/sessions/victim");
    expect([
      { name: "victim" },
      expect.objectContaining({ error: expect.objectContaining({ code: "SESSION_NOT_FOUND" }) as unknown }),
    ]).toContainEqual(body);
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  },
);
