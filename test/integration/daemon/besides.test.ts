import { once } from "node:events";
import { expect, it } from "vitest";
import { DaemonWorld, POLL } from "./daemonProcess.ts";
import { processesOf } from "../../kit/processes.ts";

it("when several daemons start on one home, one serves and the others report it and exit", async () => {
  const world = new DaemonWorld();
  const rivals = [1, 2, 3].map(() => world.spawn());
  const ends = rivals.map(async (rival) => {
    const [code] = (await once(rival, "exit")) as [number | null];
    return code;
  });
  await expect.poll(() => rivals.filter(({ exitCode }) => exitCode !== null).length, POLL).toBe(2);
  expect(world.output.match(/DAEMON_RUNNING/g)).toHaveLength(2);
  const [winner] = rivals.filter(({ exitCode }) => exitCode === null);
  await expect
    .poll(() => world.ask("GET", "/health").catch(() => undefined), POLL)
    .toMatchObject({ status: 200, body: { pid: winner?.pid } });
  await world.create({ name: "one" });
  await world.until("one", "Running", "Idle");
  expect(processesOf(world.home).filter(({ line }) => line.includes(" session "))).toHaveLength(1);
  winner?.kill("SIGTERM");
  expect((await Promise.all(ends)).filter((code) => code !== 0)).toHaveLength(2);
});

it("a session that floods its viewers does not delay another session", async () => {
  const world = await new DaemonWorld().start();
  for (const name of ["loud", "quiet"]) await world.create({ name });
  for (const name of ["loud", "quiet"]) await world.until(name, "Running", "Idle");
  const [loud, quiet] = [(await world.stream("loud")).attach(), (await world.stream("quiet")).attach()];
  await expect.poll(() => [loud.writer, quiet.writer], POLL).toEqual([true, true]);
  loud.type("flood 64\r");
  await expect.poll(() => loud.end, POLL).toBeGreaterThan(200_000);
  for (const word of ["first", "second", "third"]) {
    const before = loud.end;
    quiet.type(`say ${word} echo\r`);
    await expect.poll(() => quiet.text, POLL).toContain(`${word} echo`);
    // The flood has continued, and continues afterwards.
    await expect.poll(() => loud.end, POLL).toBeGreaterThan(before);
    expect(loud.text.slice(-1_000)).not.toContain("flood over");
  }
});
