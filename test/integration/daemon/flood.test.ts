import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonEvent } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { DaemonInside } from "./daemonInside.ts";
import { POLL } from "./daemonProcess.ts";
import { HostileRunner } from "./hostileRunner.ts";

const FLOOD = 10_000;

const isLost = (event: DaemonEvent) =>
  event.type === "session" && event.session.name === "loud" && event.session.status.phase === "Pending";

it("a runner that reports ended turns without end causes few events and fetches, and does not affect other sessions", async () => {
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

it("a session whose work reaches the limit is no longer fetched, reports that, and loses nothing", async () => {
  const daemon = await new DaemonInside({ bytes: 3_000_000, text: "3M" }).start();
  await daemon.create("large", "kubernetes");
  const work = daemon.workOf("large");
  const turn = async (turns: number, megabytes: number) => {
    writeFileSync(join(work, `part-${turns}`), randomBytes(megabytes * 1_000_000));
    await daemon.sessions.prompt("large", `say turn ${turns}`);
    return await daemon.until("large", ({ status }) => status.turns === turns && status.activity === "Idle");
  };
  const objects = join(daemon.repository, ".git/objects");
  const size = () => execFileSync("du", ["-sb", objects], { encoding: "utf8" });
  const ref = "refs/clauderon/sessions/large/work";
  await turn(1, 1);
  await expect.poll(() => daemon.git("for-each-ref", ref), POLL).not.toBe("");
  // A fetch removes the folder that it worked in after it has written the ref.
  await expect.poll(() => readdirSync(objects).filter((name) => name.startsWith("tmp_")), POLL).toEqual([]);
  const before = [daemon.git("rev-parse", ref), size()];
  await turn(2, 4);
  const { status } = await daemon.until("large", (session) => session.status.reason === "WorkNotFetched");
  expect(status).toMatchObject({
    phase: "Running",
    message: 'The work of session "large" has reached the limit of 3M, and is no longer fetched after each turn',
    hint: expect.stringMatching(/clauderon pull large\. Or raise fetch_limit under \[sync\]/) as unknown,
  });
  expect([daemon.git("rev-parse", ref), size()]).toEqual(before);
  expect(await daemon.sessions.pull("large")).toMatchObject({ changed: true });
  expect(daemon.git("ls-tree", "--name-only", ref)).toBe("part-1\npart-2");
  writeFileSync(join(work, "part-3"), randomBytes(4_000_000));
  expect(await daemon.sessions.delete("large", false)).toMatchObject({ rescuedRef: "refs/clauderon/rescued/large" });
  expect(daemon.git("ls-tree", "--name-only", "refs/clauderon/rescued/large")).toBe("part-1\npart-2\npart-3");
});

it("a runner that sends more output than its viewer asked for loses its connection, and other sessions keep theirs", async () => {
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
