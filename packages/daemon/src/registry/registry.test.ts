import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "@clauderon/base";
import { describe, expect, it, onTestFinished } from "vitest";
import { exampleEntry } from "../session/model/entry.fixture.ts";
import { Registry } from "./registry.ts";

const { record } = exampleEntry();
const named = (name: string, digit: number) => ({ ...record, name, uid: record.uid.replace(/.$/, String(digit)) });

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "sessions.db");
}

function open(path: string): Registry {
  const registry = new Registry(path);
  onTestFinished(() => registry.close());
  return registry;
}

/** Changes the file behind the registry's back. */
function meddle(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function thrownFault(action: () => unknown): Fault {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error("Nothing was thrown");
}

describe("Registry", () => {
  it("keeps the desired state, and the prompt until the agent has it", () => {
    const path = scratch();
    const first = new Registry(path);
    first.add(record, { prompt: "do it" });
    first.change("web", { commit: "c".repeat(40), wanted: "Archived", failure: { code: "TIMEOUT", message: "Late" } });
    first.close();
    const second = open(path);
    expect(second.get("web")).toEqual(
      exampleEntry({
        record: { ...record, commit: "c".repeat(40) },
        wanted: "Archived",
        failure: { code: "TIMEOUT", message: "Late" },
      }),
    );
    expect(second.prompt("web")).toBe("do it");
    second.change("web", { started: true, failure: undefined });
    expect([second.prompt("web"), second.get("web")?.failure]).toEqual([undefined, undefined]);
  });

  it("keeps where a session is, and distinguishes “not made yet” from “not known”", () => {
    const path = scratch();
    const first = new Registry(path);
    first.add({ ...named("fresh", 1), place: null }, {});
    first.add(named("older", 2), {});
    first.add({ ...named("bound", 3), place: null }, {});
    const place = { namespace: "clauderon", uid: "0a1b", context: "kind" };
    first.change("bound", { place });
    first.close();
    const second = open(path);
    const places = ["fresh", "older", "bound"].map((name) => second.get(name)?.record.place);
    expect(places).toEqual([null, undefined, place]);
  });

  it("has one session of each name, and removes it together with its prompt", () => {
    const registry = open(scratch());
    registry.add(record, { prompt: "do it" });
    expect(thrownFault(() => registry.add(named("web", 1), {})).code).toBe("SESSION_EXISTS");
    registry.remove("web");
    expect([registry.get("web"), registry.prompt("web")]).toEqual([undefined, undefined]);
  });

  it.each([
    ["spec = '{'", "spec: is not JSON"],
    [`spec = '{"backend":"moon"}'`, "spec.backend:"],
    ["uid = 'x'", "uid:"],
    ["wanted = 'Dancing'", "wanted:"],
    ["started = 7", "started:"],
    ["failure = '[]'", "failure:"],
    ["credentials = '{}'", "credentials:"],
    ["notices = '[1]'", "notices.0:"],
  ])("lists a row whose %s separately, and reads the others", (change, problem) => {
    const path = scratch();
    const before = new Registry(path);
    before.add(named("good", 1), {});
    before.add(named("spoilt", 2), {});
    before.close();
    meddle(path, `UPDATE sessions SET ${change} WHERE name = 'spoilt'`);
    const registry = open(path);
    expect(registry.list().map((entry) => entry.record.name)).toEqual(["good"]);
    expect(registry.unreadable()).toEqual([{ name: "spoilt", problem: expect.stringContaining(problem) as unknown }]);
    expect(thrownFault(() => registry.add(named("spoilt", 3), {})).code).toBe("SESSION_EXISTS");
  });

  it.each([
    ["is not a database", (path: string) => writeFileSync(path, "what is this".repeat(1_000))],
    ["was cut short", (path: string) => truncateSync(path, 6_000)],
    ["was written over", (path: string) => writeFileSync(path, readFileSync(path).fill(0x55, 4_096, 12_000))],
  ])("fails with a clear Fault for a file that %s, and does not change it", (_, spoil) => {
    const path = scratch();
    const registry = new Registry(path);
    for (let count = 0; count < 9; count += 1) registry.add(named(`s${count}`, count), { prompt: "x".repeat(3_000) });
    registry.close();
    spoil(path);
    copyFileSync(path, `${path}.copy`);
    const fault = thrownFault(() => new Registry(path));
    expect([fault.code, fault.message, fault.hint]).toEqual([
      "REGISTRY_UNREADABLE",
      expect.stringContaining(path),
      expect.stringContaining("backup"),
    ]);
    expect(readFileSync(path).equals(readFileSync(`${path}.copy`))).toBe(true);
  });

  it("refuses a registry that a newer daemon has written", () => {
    const path = scratch();
    new Registry(path).close();
    meddle(path, "PRAGMA user_version = 99");
    expect(thrownFault(() => new Registry(path)).message).toContain("newer clauderon");
  });
});
