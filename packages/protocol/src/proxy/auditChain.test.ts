import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_BEGIN, AuditVerifier, auditLine, hashOfLine } from "./auditChain.ts";
import type { AuditRecord } from "./auditRecord.ts";

const RECORD: AuditRecord = {
  time: "2026-12-01T03:00:00.000Z",
  principal: "session-1",
  session: "web",
  method: "GET",
  host: "example.com",
  port: 443,
  path: "/a",
  rule: "example.com",
  status: 200,
  sent: 10,
  received: 20,
  durationMs: 30,
};

/** A log with a line for each path. */
function logOf(paths: readonly string[], begin = AUDIT_BEGIN): readonly string[] {
  let previous = begin;
  return paths.map((path) => {
    const { line, hash } = auditLine(previous, { ...RECORD, path });
    previous = hash;
    return line;
  });
}

function verify(lines: readonly string[], verifier = new AuditVerifier(AUDIT_BEGIN)): AuditVerifier {
  for (const line of lines) verifier.add(line);
  return verifier;
}

describe("the audit's chain", () => {
  it("is whole as written, also over files", () => {
    const first = logOf(["/1", "/2"]);
    const { verified, broken } = verify(first);
    expect({ ...verified, broken }).toEqual({ lines: 2, hash: hashOfLine(first[1] ?? "")?.hash, broken: undefined });
    const second = logOf(["/3"], verified.hash);
    expect(verify([...first, ...second]).broken).toBeUndefined();
    expect(verify(second, new AuditVerifier(verified.hash)).broken).toBeUndefined();
    expect(verify(second, new AuditVerifier()).broken).toBeUndefined();
    expect(verify(second).broken).toEqual({ line: 1, problem: "NotContinued" });
  });

  const log = logOf(["/1", "/2", "/3", "/4"]);
  const [one = "", two = "", three = "", four = ""] = log;
  it.each<[string, readonly string[], number, string]>([
    ["changed", [one, two.replace('"/2"', '"/x"'), three, four], 2, "Changed"],
    ["removed", [one, three, four], 2, "NotContinued"],
    ["removed at the beginning", [two, three, four], 1, "NotContinued"],
    ["exchanged", [one, three, two, four], 2, "NotContinued"],
    ["repeated", [one, two, two, three], 3, "NotContinued"],
    ["put in between", [one, ...logOf(["/x"]), two], 2, "NotContinued"],
    ["written by another program", [one, '{"path":"/2"}', two], 2, "Changed"],
    ["cut", [one, two.slice(0, -1)], 2, "Changed"],
    ["empty", [one, ""], 2, "Changed"],
    ["given a member twice", [one, two.replace("{", '{"path":"/x",')], 2, "Changed"],
    ["given a space", [one, two.replace(",", ", ")], 2, "Changed"],
  ])("shows the first line that was %s", (_what, lines, line, problem) => {
    expect(verify(lines).broken).toEqual({ line, problem });
    expect(verify(lines).verified.lines).toBe(line - 1);
  });

  it("shows any changed character, wherever it is", () => {
    const at = fc.nat(two.length - 1);
    const character = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(at, character, (at, character) => {
        const changed = `${two.slice(0, at)}${character}${two.slice(at + 1)}`;
        expect(verify([one, changed, three]).broken !== undefined).toBe(changed !== two);
      }),
    );
  });

  it("keeps what an agent chose from terminals and from growing", () => {
    const { line } = auditLine(AUDIT_BEGIN, { ...RECORD, path: `/\u001b[2J\u202e\n${"a".repeat(10_000)}` });
    // oxlint-disable-next-line no-control-regex -- naming control characters is the point
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(line.length).toBeLessThan(3_000);
  });
});
