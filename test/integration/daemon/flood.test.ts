import type { DaemonEvent } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { DaemonInside } from "./daemonInside.ts";
import { POLL } from "./daemonProcess.ts";
import { HostileRunner } from "./hostileRunner.ts";

const FLOOD = 10_000;

const isLost = (event: DaemonEvent) =>
  event.type === "session" && event.session.name === "loud" && event.session.status.phase === "Pending";

it("a runner that says without end that turns have ended costs few events and few fetches, and other sessions nothing", async () => {
  const daemon = await new DaemonInside().start();
  const hostile = new HostileRunner(daemon.pods, "loud");
  await daemon.create("calm", "kubernetes");
  await daemon.create("loud", "kubernetes");
  daemon.told.length = 0;
  const begun = performance.now();
  hostile.sayTurns(FLOOD);
  await daemon.sessions.prompt("calm", "say hello");
  await daemon.until("calm", ({ status }) => status.turns === 1 && status.activity === "Idle");
  // All that it has said is read in the end, and the last of it counts.
  await daemon.until("loud", ({ status }) => status.turns === FLOOD);
  const seconds = (performance.now() - begun) / 1_000;
  const events = daemon.told.filter((event) => event.type === "session" && event.session.name === "loud");
  expect(events.length).toBeLessThan(12 * seconds + 10);
  // Each rests for at least a second after the one before.
  expect(hostile.fetches).toBeLessThan(seconds + 2);
  await expect.poll(() => daemon.git("for-each-ref", "refs/clauderon/sessions/loud/work"), POLL).not.toBe("");
});

it("a runner that sends more output than its viewer has asked for loses its connection, and no other session does", async () => {
  const daemon = await new DaemonInside().start();
  const hostile = new HostileRunner(daemon.pods, "loud");
  await daemon.create("calm", "kubernetes");
  await daemon.create("loud", "kubernetes");
  const view = await daemon.stream("loud");
  view.attach({ mode: "watch" });
  await expect.poll(() => view.messages.length, POLL).toBeGreaterThan(1);
  view.freeze();
  daemon.told.length = 0;
  const bytes = new Uint8Array(60_000);
  // The daemon gives its channels ascending numbers.
  for (let channel = 1; channel < 50; channel += 1)
    for (let count = 0; count < 10; count += 1)
      hostile.send({ channel, type: "output", offset: count * 60_000, bytes });
  await expect.poll(() => daemon.told.some(isLost), POLL).toBe(true);
  await daemon.until("loud", ({ status }) => status.phase === "Running");
  await daemon.sessions.prompt("calm", "say hello");
});
