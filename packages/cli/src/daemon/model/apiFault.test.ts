import { Fault, faultText } from "@clauderon/base/fault";
import { describe, expect, it } from "vitest";
import { apiFault, printedFault } from "./apiFault.ts";

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

describe("printedFault", () => {
  it("finds the fault that one of our programs ended with", () => {
    const fault = new Fault("CONFIG_INVALID", "config.toml:3: Unknown key", { hint: "Did you mean namespace?" });
    expect(printedFault(`a warning\n${faultText(fault)}\n`)).toEqual(fault);
    expect(printedFault(faultText(new Fault("DAEMON_RUNNING", "Held")))).toEqual(new Fault("DAEMON_RUNNING", "Held"));
  });

  it.each(["", "error[BUG]: x", "Segmentation fault"])("finds no fault in %j", (text) => {
    expect(printedFault(text)).toBeUndefined();
  });
});
