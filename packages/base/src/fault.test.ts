import { describe, expect, it } from "vitest";
import { Fault, FAULTS, faultText, messageOf, printedFault } from "./fault.ts";

describe("Fault", () => {
  it("prints its code, message and hint in the form of the command line", () => {
    const fault = new Fault("REFERENCE_NOT_FOUND", 'AgentRole "r" is not in namespace "n"', { hint: "Create it" });
    expect(faultText(fault)).toBe('error[REFERENCE_NOT_FOUND]: AgentRole "r" is not in namespace "n"\nhint: Create it');
  });

  it("prints no hint line when it has none", () => {
    expect(faultText(new Fault("TIMEOUT", "Too slow"))).toBe("error[TIMEOUT]: Too slow");
  });

  it("keeps its cause", () => {
    const cause = new Error("ECONNREFUSED");
    expect(new Fault("CLUSTER_UNAVAILABLE", "No API server", { cause }).cause).toBe(cause);
  });

  it("gives every code an exit code that a shell distinguishes from success", () => {
    for (const fault of Object.values(FAULTS)) expect(fault.exit).toBeGreaterThan(1);
  });
});

describe("messageOf", () => {
  it("reads any thrown value", () => {
    expect([messageOf(new Error("a")), messageOf("b"), messageOf(undefined)]).toEqual(["a", "b", "undefined"]);
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
