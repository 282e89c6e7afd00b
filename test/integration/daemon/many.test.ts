import { expect, it } from "vitest";
import { residentMiB } from "../../kit/processes.ts";
import { DaemonWorld, NOTHING_LEFT } from "./daemonProcess.ts";

it("fifty sessions at once work, in bounded memory, and leave nothing", { timeout: 280_000 }, async () => {
  const world = await new DaemonWorld().start();
  const names = Array.from({ length: 50 }, (_, at) => `s${at}`);
  await Promise.all(names.map((name) => world.create({ name })));
  const idle = async () => (await world.list()).filter(({ status }) => status.activity === "Idle").length;
  await expect.poll(idle, { timeout: 200_000, interval: 500 }).toBe(50);
  const answers = await Promise.all(
    names.map((name) => world.ask("POST", `/api/sessions/${name}/prompt`, { prompt: `say ${name}` })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  await expect.poll(idle, { timeout: 60_000, interval: 500 }).toBe(50);
  expect(residentMiB(world.pid)).toBeLessThan(150);
  await Promise.all(names.map((name) => world.ask("DELETE", `/api/sessions/${name}`)));
  expect(world.leftovers()).toEqual(NOTHING_LEFT);
});
