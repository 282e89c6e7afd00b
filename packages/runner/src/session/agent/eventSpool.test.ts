import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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
});
