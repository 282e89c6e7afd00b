import { Fault } from "@clauderon/base/fault";
import { describe, expect, it } from "vitest";
import { apiFault } from "./apiFault.ts";

describe("apiFault", () => {
  it("is the Fault that the daemon threw", () => {
    const thrown = new Fault("SESSION_EXISTS", 'Session "web" exists', { hint: "Choose another name" });
    const { code, message, hint } = thrown;
    expect(apiFault(409, { error: { code, message, hint } })).toEqual(thrown);
  });

  it("is a bug when the daemon's code is unknown or missing", () => {
    const error = { code: "BUG", message: "The daemon failed", hint: "See daemon.log" };
    expect(apiFault(500, { error })).toEqual(new Error("The daemon failed. See daemon.log"));
    expect(apiFault(502, "<html>")).toEqual(new Error('The daemon answered 502 and "<html>"'));
  });
});
