import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  type watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { EventSpool } from "./eventSpool.ts";

function spoolOf(files: Readonly<Record<string, number>>) {
  const folder = mkdtempSync(join(tmpdir(), "spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, seconds] of Object.entries(files)) {
    writeFileSync(join(folder, name), name);
    utimesSync(join(folder, name), seconds, seconds);
  }
  const events: string[] = [];
  new EventSpool(folder, (text) => events.push(text)).collect();
  return { events, left: readdirSync(folder) };
}

/** A spool that runs, on a folder of its own that is removed with all beside it. */
function startedSpool(watchFolder?: typeof watch) {
  const parent = mkdtempSync(join(tmpdir(), "spool-"));
  const folder = join(parent, "events");
  const events: string[] = [];
  const spool = new EventSpool(folder, (text) => events.push(text), watchFolder);
  onTestFinished(() => {
    spool.stop();
    rmSync(parent, { recursive: true });
  });
  spool.start();
  return { folder, events, spool };
}

describe("EventSpool", () => {
  it("returns events in order of time, then of number, and deletes them", () => {
    const { events, left } = spoolOf({ "7-10.json": 2, "7-9.json": 2, "7-99.json": 1, ".11": 0 });
    expect(events).toEqual(["7-99.json", "7-9.json", "7-10.json"]);
    expect(left).toEqual([".11"]);
  });

  it("drops events of agents that the session's agent has started", () => {
    const { events, left } = spoolOf({ "7-10.json": 1, "12-13.json": 2, "7-14.json": 3 });
    expect(events).toEqual(["7-10.json", "7-14.json"]);
    expect(left).toEqual([]);
  });

  /** What an agent can make of a name in the folder. */
  const STRANGE: Readonly<Record<string, (path: string) => unknown>> = {
    "a folder": (path) => mkdirSync(path),
    "a folder that is not empty": (path) => mkdirSync(join(path, "inner"), { recursive: true }),
    "a named pipe": (path) => spawnSync("mkfifo", [path]),
    "a link to a device": (path) => symlinkSync("/dev/zero", path),
    "a link to nothing": (path) => symlinkSync("/nothing", path),
    "a link to itself": (path) => symlinkSync(path, path),
  };

  it.each(Object.keys(STRANGE))("takes the events beside %s, which stays", (what) => {
    const { folder, events, spool } = startedSpool();
    STRANGE[what]?.(join(folder, "7-1.json"));
    writeFileSync(join(folder, "7-2.json"), "event");
    spool.collect();
    expect(events).toEqual(["event"]);
    expect(readdirSync(folder)).toEqual(["7-1.json"]);
  });

  it("takes events from a new folder when the agent fills, removes or replaces the old one", async () => {
    const { folder, events } = startedSpool();
    const expectEvent = async (text: string) => {
      await vi.waitFor(() => writeFileSync(join(folder, "7-1.json"), text), { timeout: 10_000 });
      await expect.poll(() => events.at(-1)).toBe(text);
    };
    for (let count = 0; count <= 10_001; count += 1) writeFileSync(join(folder, `junk-${count}`), "");
    await expect.poll(() => readdirSync(folder)).toEqual([]);
    await expectEvent("after many names");
    rmSync(folder, { recursive: true });
    await expectEvent("after its removal");
    renameSync(folder, `${folder}.old`);
    writeFileSync(folder, "a file");
    await expectEvent("after a file in its place");
  });

  it("takes events where the system has no watch left", async () => {
    const { folder, events } = startedSpool(() => {
      throw Object.assign(new Error("no space left on device, watch"), { code: "ENOSPC" });
    });
    writeFileSync(join(folder, "7-1.json"), "event");
    await expect.poll(() => events).toEqual(["event"]);
  });
});
