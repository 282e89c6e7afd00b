import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { EventSpool } from "./eventSpool.ts";

it("EventSpool gives events in the order of their time, those of one tick in the order of their numbers, and takes them away", () => {
  const folder = mkdtempSync(join(tmpdir(), "spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, seconds: number) => {
    writeFileSync(join(folder, name), name);
    utimesSync(join(folder, name), seconds, seconds);
  };
  for (const [name, seconds] of [
    ["10.json", 2],
    ["9.json", 2],
    ["99.json", 1],
    [".11", 0],
  ] as const) {
    write(name, seconds);
  }
  const events: string[] = [];
  const spool = new EventSpool(folder, (text) => events.push(text));
  spool.collect();
  expect(events).toEqual(["99.json", "9.json", "10.json"]);
  expect(readdirSync(folder)).toEqual([".11"]);
});
