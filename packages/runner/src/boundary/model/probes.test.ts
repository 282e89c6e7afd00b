import { describe, expect, it } from "vitest";
import { formatProbe, parseProbes } from "./probes.ts";

describe("parseProbes", () => {
  it("reads addresses of both kinds, and leaves out what is not one", () => {
    const probes = parseProbes("1.1.1.1:443, [2606:4700:4700::1111]:443,example.com:443,:80");
    expect(probes.map(formatProbe)).toEqual([
      "the network at 1.1.1.1:443",
      "the network at [2606:4700:4700::1111]:443",
    ]);
  });
});
