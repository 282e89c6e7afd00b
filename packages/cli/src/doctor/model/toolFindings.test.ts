import { describe, expect, it } from "vitest";
import { toolFinding } from "./toolFindings.ts";

const NPM = { tool: "npm", program: "/home/ada/bin/npm" };
const works = { code: 0, said: "\n11.0.0\n" };
const fails = { code: 127, said: "env: 'node': No such file\nmore" };

describe("toolFinding", () => {
  it.each([
    [works, works, "ok", "11.0.0, /home/ada/bin/npm"],
    [fails, works, "ok", "11.0.0, /home/ada/bin/npm"],
    [works, fails, "missing", "/home/ada/bin/npm works only outside: env: 'node': No such file"],
    [fails, fails, "optional", "/home/ada/bin/npm does not work outside either: env: 'node': No such file"],
    [works, { code: 1, said: "" }, "missing", "/home/ada/bin/npm works only outside: it printed nothing"],
  ])("says from the ends outside and inside whether a tool works: case %#", (outside, inside, state, message) => {
    expect(toolFinding(NPM, outside, inside)).toMatchObject({ name: "npm in the sandbox", state, message });
  });

  it("says how to fix a tool that works only outside", () => {
    expect(toolFinding(NPM, works, fails).fix).toContain("PATH");
  });
});
