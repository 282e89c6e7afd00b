import { describe, expect, it } from "vitest";
import { HEADLESS_AGENTS, findAgent } from "./agents.ts";

describe("findAgent", () => {
  it("finds each agent by its name", () => {
    expect(HEADLESS_AGENTS.map(({ name }) => findAgent(name))).toEqual(HEADLESS_AGENTS);
  });

  it("refuses an unknown name and lists the known ones", () => {
    expect(() => findAgent("codex")).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: 'There is no agent "codex"',
        hint: "Use one of: claude-code, scripted",
      }),
    );
  });
});
