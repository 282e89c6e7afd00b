import type { AuditRecord } from "@clauderon/protocol/proxy";
import { expect, it } from "vitest";
import { notedDecisions } from "./notedDecisions.ts";

const record = (minute: number, changes: Partial<AuditRecord>): AuditRecord => ({
  time: `2026-12-01T03:0${minute}:00.000Z`,
  principal: "me",
  method: "CONNECT",
  host: "example.com",
  port: 443,
  status: 403,
  reason: "HostNotListed",
  ...changes,
});

it("notedDecisions has each kind of refusal of a principal once, the latest first, and what mode Record let pass", () => {
  const passed = (minute: number, changes: Partial<AuditRecord>): AuditRecord => {
    const { reason: _, ...rest } = record(minute, { status: 200, ...changes });
    return rest;
  };
  const noted = notedDecisions(
    [
      record(1, {}),
      record(2, { host: "other.example.com" }),
      record(3, { principal: "other" }),
      passed(4, { rule: "user:example.org", host: "example.org" }),
      passed(5, { recorded: true, host: "unlisted.example.org" }),
      record(6, { reason: "ClientClosed", status: 0 }),
      record(7, {}),
    ],
    "me",
  );
  expect(noted.map(({ time, host, reason, count }) => [time.slice(14, 16), host, reason, count])).toEqual([
    ["07", "example.com", "HostNotListed", 2],
    ["05", "unlisted.example.org", "Recorded", 1],
    ["02", "other.example.com", "HostNotListed", 1],
  ]);
});
