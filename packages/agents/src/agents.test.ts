import { describe, expect, it } from "vitest";
import { AGENTS, findAgent } from "./agents.ts";

describe("findAgent", () => {
  it("finds each agent by its name", () => {
    expect(AGENTS.map(({ name }) => findAgent(name))).toEqual(AGENTS);
  });

  it("refuses an unknown name and tells those there are", () => {
    expect(() => findAgent("codex")).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: 'There is no agent "codex"',
        hint: "Use one of: claude-code, scripted",
      }),
    );
  });
});
