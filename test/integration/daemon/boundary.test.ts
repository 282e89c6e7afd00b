import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";
import { beforeAll, expect, it } from "vitest";
import { type Attempt, WAYS_THROUGH, waysAround } from "./boundaryAttempts.ts";
import type { DaemonWorld } from "./daemonProcess.ts";
import { begin, ENFORCE, startWorld } from "./egressWorld.ts";
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
  const found: (readonly [string, string | undefined])[] = [];
  for (const [what, asked] of WAYS_THROUGH) {
    const before = refusedIn(world).length;
    await bound(`curl -sS -m 20 -o /dev/null ${asked.replace("PROXY", "127.0.0.1:3030")}`);
    await expect.poll(() => refusedIn(world).length, { message: what }).toBeGreaterThan(before);
    found.push([what, refusedIn(world)[before]?.reason]);
  }
  expect(found).toEqual(WAYS_THROUGH.map(([what, , reason]) => [what, reason]));
  expect(internet.attacker.requests).toEqual([]);
});
