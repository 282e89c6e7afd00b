import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentLog } from "@clauderon/base";
import { AuditVerifier } from "@clauderon/protocol/proxy";
import { expect, it, onTestFinished } from "vitest";
import { AuditLog } from "./auditLog.ts";

const RECORD = { time: "2026-11-01T00:00:00.000Z", method: "GET", status: 200 };

function logIn(path: string, maxBytes = 1_000_000): AuditLog {
  const log = new AuditLog({ path, maxBytes, log: silentLog, now: () => 0 });
  onTestFinished(() => log.close());
  return log;
}

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "audit.jsonl");
}

it("AuditLog removes a line that a crash cut, and continues the chain", () => {
  const path = file();
  logIn(path).write(RECORD);
  appendFileSync(path, '{"time":"2026');
  logIn(path).write(RECORD);
  const verifier = new AuditVerifier();
  for (const line of readFileSync(path, "utf8").trim().split("\n")) verifier.add(line);
  expect([verifier.broken, verifier.verified.lines]).toEqual([undefined, 2]);
});

it("AuditLog keeps every file, also those that are full in the same millisecond", () => {
  const path = file();
  const log = logIn(path, 1);
  for (let count = 0; count < 4; count++) log.write(RECORD);
  const verifier = new AuditVerifier();
  const rotated = readdirSync(dirname(path)).filter((name) => name !== "audit.jsonl");
  for (const name of [...rotated.toSorted(), "audit.jsonl"]) {
    verifier.add(readFileSync(join(dirname(path), name), "utf8").trim());
  }
  expect([verifier.broken, verifier.verified.lines]).toEqual([undefined, 4]);
});

it("AuditLog keeps the latest older files, as many as were asked for, and prints every line", () => {
  const path = file();
  let times = 0;
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const log = new AuditLog({ path, maxBytes: 1, keep: 2, print, log: silentLog, now: () => (times += 1_000) });
  onTestFinished(() => log.close());
  for (let count = 0; count < 5; count++) log.write(RECORD);
  const older = readdirSync(dirname(path)).filter((name) => name !== "audit.jsonl");
  const kept = [...older.toSorted(), "audit.jsonl"].map((name) => readFileSync(join(dirname(path), name), "utf8"));
  expect(printed).toHaveLength(5);
  expect(kept).toEqual(printed.slice(-3));
});

it("AuditLog does not begin a new chain after a damaged line", () => {
  const path = file();
  appendFileSync(path, "damaged\n");
  expect(() => logIn(path)).toThrow("damaged");
});

it("AuditLog says that it does not work while nothing can be written, and that it works again", () => {
  const log = new AuditLog({ path: "/dev/full", maxBytes: 1_000_000, log: silentLog, now: () => 0 });
  onTestFinished(() => log.close());
  expect(log.works).toBe(true);
  log.write(RECORD);
  expect(log.works).toBe(false);
  expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
});
