import { describe, expect, it } from "vitest";
import type { AgentAdapter, AgentStep, AgentTask } from "./agentAdapter.ts";

/** What the suite needs to know about an agent: lines exactly as the agent prints them. */
export interface ContractSamples {
  readonly adapter: AgentAdapter;
  /** All lines of a run that succeeded, with at least one tool call. */
  readonly succeeded: readonly string[];
  /** The closing line of a run whose credential was refused. */
  readonly refused: string;
}

const TASK: AgentTask = {
  config: {
    prompt: "--help me, 'please' \"now\"\n",
    instructions: "Secret instructions",
    model: "model-1",
    allowedTools: ["Bash(git log:*)", "Read"],
    skill: { repo: "acme/skills", name: "greet", ref: "main" },
    mcpServers: [
      { name: "local", command: "npx", args: ["server"] },
      { name: "remote", url: "https://mcp.example.com/mcp" },
    ],
    repositories: [],
  },
  configFolder: "/home/agent/.claude",
  scratchFolder: "/tmp/run-1",
  checkouts: ["/workspace/widgets"],
};

/** The contract of every adapter; each adapter's test runs it. */
export function describeAgentAdapter({ adapter, succeeded, refused }: ContractSamples): void {
  const stepsOf = (lines: readonly string[]): readonly AgentStep[] =>
    lines.flatMap((line) => adapter.parseLine(line) ?? []);

  describe(`${adapter.name} keeps the contract of AgentAdapter:`, () => {
    it("the prompt arrives on stdin, unchanged", () => {
      expect(adapter.launch(TASK).stdin).toBe(TASK.config.prompt);
    });

    it("prompt and instructions are in no argument and no variable", () => {
      const { args, environment, defaults } = adapter.launch(TASK);
      const open = JSON.stringify([args, environment, defaults]);
      expect(open).not.toContain("help me");
      expect(open).not.toContain("Secret instructions");
    });

    it("files are seeded only in the agent's folder and the run's", () => {
      for (const { path } of adapter.launch(TASK).files) {
        expect(path.startsWith(`${TASK.configFolder}/`) || path.startsWith(`${TASK.scratchFolder}/`)).toBe(true);
        expect(path).not.toContain("..");
      }
      expect(adapter.skillFolder(TASK.configFolder, "greet").startsWith(`${TASK.configFolder}/`)).toBe(true);
    });

    it("the same task gives the same launch", () => {
      expect(adapter.launch(TASK)).toEqual(adapter.launch(structuredClone(TASK)));
    });

    it("a line that is not the agent's is recognized, whatever it contains", () => {
      const strange = [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"text"',
        "{}",
        '{"type":1}',
        '{"type":null}',
        "\u0000",
        "[".repeat(9),
      ];
      expect(strange.map((line) => adapter.parseLine(line))).toEqual(strange.map(() => undefined));
    });

    it("a successful run is reported from its first line to its last", () => {
      const steps = stepsOf(succeeded);
      const types = steps.map(({ type }) => type);
      expect(types[0]).toBe("init");
      expect(types).toContain("text");
      expect(types.indexOf("toolUse")).toBeGreaterThan(0);
      expect(types.indexOf("toolResult")).toBeGreaterThan(types.indexOf("toolUse"));
      expect(steps.at(-1)).toMatchObject({ type: "result", verdict: { ok: true }, turns: expect.any(Number) });
    });

    it("a refused credential is reported as AuthenticationFailed with its status", () => {
      const verdict = { ok: false, reason: "AuthenticationFailed", status: 401, detail: expect.stringMatching(/./) };
      expect(adapter.parseLine(refused)).toEqual([expect.objectContaining({ type: "result", verdict })]);
    });
  });
}
