import type { AuditRecord } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../model/sessionRecord.ts";
import { EgressTally } from "./egressTally.ts";

const uid = "6f6a1c3e-3c4e-4d4e-9a0e-0d6c6f0f7a11";
const egress = {
  mode: "Record",
  allow: ["docs.example.com", "unused.example"],
  presets: ["npm", "go"],
  credentials: [],
};
const SESSION = { name: "web", uid, spec: { egress } } as unknown as SessionRecord;
const TIME = "2026-12-01T03:00:00.000Z";

function suggestionOf(...records: readonly Partial<AuditRecord>[]) {
  const tally = new EgressTally(SESSION);
  for (const record of records)
    tally.add({ time: TIME, principal: uid, method: "GET", status: 200, port: 443, ...record });
  return tally.suggestion;
}

describe("EgressTally", () => {
  it("counts the requests of each rule of the user and of each preset, and of no other session", () => {
    const { requests, since, allow, presets, unlisted } = suggestionOf(
      { host: "docs.example.com", rule: "user:docs.example.com" },
      { host: "docs.example.com", rule: "user:docs.example.com", method: "CONNECT" },
      { host: "registry.npmjs.org", rule: "npm:registry.npmjs.org" },
      { host: "api.anthropic.com", rule: "agent:api.anthropic.com" },
      { host: "unused.example", rule: "user:unused.example", principal: "another" },
    );
    expect({ requests, since, unlisted }).toEqual({ requests: 3, since: TIME, unlisted: [] });
    expect(allow).toEqual([
      { host: "docs.example.com", requests: 1 },
      { host: "unused.example", requests: 0 },
    ]);
    expect(presets).toEqual([
      { name: "npm", requests: 1 },
      { name: "go", requests: 0 },
    ]);
  });

  it("lists the hosts that no rule allows, by how they were answered, and none that the runner asks for", () => {
    const recorded = { host: "cdn.example", rule: "record", recorded: true };
    const { unlisted } = suggestionOf(
      recorded,
      { ...recorded, method: "CONNECT" },
      recorded,
      { ...recorded, port: 8443 },
      { host: "attacker.example", method: "CONNECT", status: 403, reason: "HostNotListed" },
      { host: "docs.example.com", status: 403, reason: "MethodNotListed" },
      { host: "boundary-check.invalid", method: "CONNECT", status: 403, reason: "HostNotListed" },
    );
    expect(unlisted.map(({ host, port, how, requests }) => [host, port, how, requests])).toEqual([
      ["cdn.example", 443, "Recorded", 2],
      ["cdn.example", 8443, "Recorded", 1],
      ["attacker.example", 443, "Refused", 1],
    ]);
  });

  it("names no more hosts than a person can read, however many an agent asks for", () => {
    const records = Array.from({ length: 2_000 }, (_, index) => ({ host: `h${index}.example`, recorded: true }));
    expect(suggestionOf(...records).unlisted).toHaveLength(500);
  });
});
