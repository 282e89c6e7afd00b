import { describe, expect, it } from "vitest";
import { readFailure } from "./said.ts";

const read = (value: unknown) => {
  const fault = readFailure(JSON.stringify(value), "AGENT_UNAVAILABLE");
  return fault === undefined ? undefined : [fault.code, fault.message, fault.hint];
};

describe("readFailure", () => {
  it.each([
    [{ error: { code: "SESSION_NOT_FOUND", message: "No", hint: "See" } }, ["SESSION_NOT_FOUND", "No", "See"]],
    [{ type: "error", code: "TIMEOUT", message: "Late" }, ["TIMEOUT", "Late", undefined]],
    [{ reason: "fatal: no" }, ["AGENT_UNAVAILABLE", "fatal: no", undefined]],
    [{ reason: "error[TIMEOUT]: Late\nhint: Wait" }, ["TIMEOUT", "Late", "Wait"]],
    [{ code: "toString", message: "\u001b]52;c;x\u0007bad\u202e" }, ["AGENT_UNAVAILABLE", "]52;c;xbad", undefined]],
    [{ reason: " " }, undefined],
    [[], undefined],
    ["text", undefined],
  ])("reads %j", (value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it("reads nothing from what is not JSON", () => {
    expect(readFailure("", "TIMEOUT")).toBeUndefined();
  });
});
