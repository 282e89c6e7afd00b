import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";
import { type BoundaryTest, REFUSED_BY_PROXY } from "../../kit/boundaryTest.ts";
import { beforeAll, expect, it } from "vitest";
import { AROUND, type Attempt, waysAround } from "./boundaryAttempts.ts";
import type { DaemonWorld } from "./daemonProcess.ts";
import { begin, clauderon, ENFORCE, startWorld } from "./egressWorld.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

beforeAll(installBubblewrap);

/** The names of the attempts that succeed. */
async function reached(
  run: (script: string) => Promise<string>,
  tried: readonly Attempt[],
): Promise<readonly string[]> {
  const said = await run(
    tried.map(([what, command]) => `(${command}) >/dev/null 2>&1 && echo "got: ${what}"`).join("\n"),
  );
  return [...said.matchAll(/^got: (.*)$/gm)].map(([, what = ""]) => what);
}

const refusedIn = (world: DaemonWorld): readonly AuditRecord[] =>
  readFileSync(join(world.home, "proxy/audit.jsonl"), "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => auditRecordSchema.safeParse(parseJsonObject(line)).data ?? [])
    .filter(({ reason }) => reason !== undefined);

it("an agent within a boundary reaches nothing past the proxy, and by the proxy nothing that it may not; all of that is audited", async () => {
  const { world, internet } = await startWorld();
  const around = await waysAround();
  const free = await begin(world, "free", { egress: undefined });
  expect(await reached(free, around)).toEqual(around.map(([what]) => what));
  const bound = await begin(world, "bound", {
    egress: { ...ENFORCE, allow: ["api.anthropic.com"], credentials: ["GH_TOKEN"] },
  });
  expect(await reached(bound, around)).toEqual([]);
  const { items } = JSON.parse(await clauderon(world, "boundary", "test", "bound", "--json")) as BoundaryTest;
  expect(items.filter(({ isThrough, isOdd }) => isThrough || isOdd)).toEqual([]);
  expect(items.map(({ what, said }) => [what, said])).toEqual(expect.arrayContaining([...REFUSED_BY_PROXY]));
  expect(items.map(({ what }) => what)).toEqual(expect.arrayContaining([AROUND.loopback, AROUND.udp, AROUND.abstract]));
  const reasons = () => refusedIn(world).map(({ reason }) => reason);
  await expect.poll(reasons).toEqual(expect.arrayContaining(REFUSED_BY_PROXY.map(([, reason]) => reason)));
  expect(internet.attacker.requests).toEqual([]);
});

it("clauderon boundary test fails when something gets through, and for a session without a boundary", async () => {
  const { world } = await startWorld();
  await begin(world, "bound");
  await begin(world, "free", { egress: undefined });
  // The session's own way to the proxy, which it reaches.
  const leak = clauderon(world, "boundary", "test", "bound", "--also", "127.0.0.1:3030");
  await expect(leak).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^127\.0\.0\.1:3030 +GOT THROUGH +an answer$[^]*: 1 got through\n$/m),
  });
  await expect(clauderon(world, "boundary", "test", "free")).rejects.toMatchObject({
    stderr: expect.stringContaining('Session "free" has no boundary'),
  });
  await expect(clauderon(world, "boundary", "test", "bound", "--also", "db:5432")).rejects.toMatchObject({
    stderr: expect.stringContaining('--also "db:5432" is not an address and a port'),
  });
});
