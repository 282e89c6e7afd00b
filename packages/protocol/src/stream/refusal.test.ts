import { Fault } from "@clauderon/base/fault";
import { describe, expect, it } from "vitest";
import { readRefusal, refusalOf, refusedFault } from "./refusal.ts";
import { readClose } from "./toldMessage.ts";

const read = (value: unknown) => {
  const refusal = readRefusal(value);
  if (refusal === undefined) return undefined;
  const { code, message, hint } = refusedFault(refusal, "AGENT_UNAVAILABLE");
  return [code, message, hint];
};

describe("a refusal", () => {
  it("arrives with its code, message and hint", () => {
    const fault = new Fault("TIMEOUT", "Late", { hint: "Wait" });
    expect(refusedFault(refusalOf(fault), "USAGE")).toEqual(fault);
  });

  it.each([
    [{ code: "SESSION_NOT_FOUND", message: "No", hint: "See" }, ["SESSION_NOT_FOUND", "No", "See"]],
    [{ type: "error", code: "TIMEOUT", message: "Late" }, ["TIMEOUT", "Late", undefined]],
    [{ code: "toString", message: "\u001b]52;c;x\u0007bad\u202e" }, ["AGENT_UNAVAILABLE", "]52;c;xbad", undefined]],
    [{ code: "TIMEOUT", message: "Late", hint: "\u001b[2JWait" }, ["TIMEOUT", "Late", "[2JWait"]],
    [{ code: "TIMEOUT" }, undefined],
    [{ code: "TIMEOUT", message: "Late", hint: 1 }, undefined],
    [[], undefined],
    ["text", undefined],
  ])("is read from %j", (value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it("is not read from a close without one, or that is not JSON", () => {
    for (const text of ["", "{", "null", '{"reason":" "}']) expect(readClose(Buffer.from(text))).toBeUndefined();
  });
});
