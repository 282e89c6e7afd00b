import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, Fault, type Log } from "@clauderon/base";
import { expect, it, onTestFinished } from "vitest";
import type { SessionBackend, SessionRecord } from "../backend.ts";
import { Registry } from "../registry/registry.ts";
import { exampleEntry } from "./model/entry.fixture.ts";
import { Upkeep } from "./upkeep.ts";
import type { Sessions } from "./sessions.ts";

const { record } = exampleEntry();
const { signal } = new AbortController();
const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as Partial<Log> as Log;
const found = (name: string, repository: string): SessionRecord => ({
  ...record,
  name,
  uid: record.uid.replace(/...$/, name),
  spec: { ...record.spec, backend: "kubernetes", repository },
});

/** A daemon that starts beside a cluster with two sessions and cannot reach it at first. */
function stage() {
  const folder = mkdtempSync(join(tmpdir(), "reconcile-"));
  const checkout = join(folder, "checkout");
  for (const name of ["objects", "refs"]) mkdirSync(join(checkout, ".git", name), { recursive: true });
  writeFileSync(join(checkout, ".git/HEAD"), "ref: refs/heads/main\n");
  const registry = new Registry(join(folder, "sessions.db"));
  onTestFinished(() => {
    registry.close();
    rmSync(folder, { recursive: true });
  });
  let troubles = 2;
  const adoptable = async () => {
    troubles -= 1;
    if (troubles >= 0) throw new Fault("CLUSTER_UNAVAILABLE", "Not now");
    return [found("aaa", checkout), found("bbb", folder), found("ccc", "/nonexistent/of/another")];
  };
  const backend = { name: "kubernetes", adoptable } as Partial<SessionBackend> as SessionBackend;
  const sessions = { adopt: (one: SessionRecord) => registry.add(one, { started: true }) };
  const upkeep = new Upkeep(sessions as Partial<Sessions> as Sessions, registry, [backend], log);
  return { registry, upkeep };
}

const away = () => Promise.reject(new Fault("CLUSTER_UNAVAILABLE", "Not now", { hint: "Wait" }));

const namesIn = (registry: Registry) => registry.list().map(({ record: { name } }) => name);

it("a daemon with an empty registry adopts this machine's sessions when the cluster answers", async () => {
  const { registry, upkeep } = stage();
  await upkeep.adoptAll(clock, signal);
  expect(namesIn(registry)).toEqual(["aaa"]);
});

it("an unreachable backend is reported, and the others are still checked", async () => {
  const { registry } = stage();
  const lost = { kind: "folder", name: "lost" };
  const backends = [
    { name: "kubernetes", adoptable: away },
    { name: "local", adoptable: async () => [], orphans: async () => [lost], prune: async () => "refs/rescued" },
  ] as readonly Partial<SessionBackend>[] as readonly SessionBackend[];
  const sessions = { wakeAll: () => undefined } as Partial<Sessions> as Sessions;
  expect(await new Upkeep(sessions, registry, backends, log).reconcile(true)).toEqual({
    repaired: [],
    orphans: [{ ...lost, removed: true, message: expect.stringContaining("refs/rescued") as unknown }],
    problems: [{ backend: "kubernetes", code: "CLUSTER_UNAVAILABLE", message: "Not now", hint: "Wait" }],
  });
});

it.each([true, false])(
  "an orphan that is kept is reported with what to do, never pruned (--prune: %s)",
  async (prune) => {
    const { registry } = stage();
    const lost = { kind: "PersistentVolumeClaim", name: "clauderon-lost" };
    const pruned: string[] = [];
    const backend = {
      name: "kubernetes",
      adoptable: async () => [],
      orphans: async () => [{ ...lost, kept: "Kept. Run kubectl" }],
      prune: async ({ name }) => void pruned.push(name),
    } as Partial<SessionBackend> as SessionBackend;
    const sessions = { wakeAll: () => undefined } as Partial<Sessions> as Sessions;
    const { orphans } = await new Upkeep(sessions, registry, [backend], log).reconcile(prune);
    expect(orphans).toEqual([{ ...lost, removed: false, message: "Kept. Run kubectl" }]);
    expect(pruned).toEqual([]);
  },
);

it("a daemon that has sessions adopts no others without a request", async () => {
  const { registry, upkeep } = stage();
  registry.add(record, {});
  await upkeep.adoptAll(clock, signal);
  expect(namesIn(registry)).toEqual([record.name]);
});
