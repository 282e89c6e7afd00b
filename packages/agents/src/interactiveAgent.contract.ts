import { PERMISSION_MODES } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import type { InteractiveAgent, InteractiveTask } from "./interactiveAgent.ts";

/** What the suite needs to know about an agent: events exactly as its hooks send them. */
export interface InteractiveSamples {
  readonly agent: InteractiveAgent;
  readonly starts: object;
  readonly takesPrompt: object;
  readonly usesTool: object;
  /** Absent for an agent whose limits say so. */
  readonly asksPermission?: object;
  /** With the last message `Done.`. */
  readonly endsTurn: object;
  /** With the cause `No credit.`; absent for an agent whose limits say so. */
  readonly failsTurn?: object;
}

const TASK: InteractiveTask = {
  workingDirectory: `/work/it's "here"`,
  home: "/home/agent",
  model: "model-1",
  permissionMode: "default",
  isSandboxed: false,
  conversationId: undefined,
  environment: {
    ANTHROPIC_API_KEY: "sesame-sesame-sesame-sesame",
    OPENAI_API_KEY: "sesame-2",
    GEMINI_API_KEY: "sesame-3",
  },
};

/** The contract of every adapter; each adapter's test runs it. */
export function describeInteractiveAgent({ agent, ...samples }: InteractiveSamples): void {
  const read = (event: object) => agent.readEvent(JSON.stringify(event));

  describe(`${agent.name} keeps the contract of InteractiveAgent:`, () => {
    it("the same task gives the same launch, whatever the mode", () => {
      for (const permissionMode of PERMISSION_MODES) {
        const task = { ...TASK, permissionMode };
        expect(agent.launch(task)).toEqual(agent.launch(structuredClone(task)));
      }
      const launches = PERMISSION_MODES.map((permissionMode) =>
        agent.launch({ ...TASK, permissionMode }).args.join(" "),
      );
      expect(new Set(launches).size).toBe(PERMISSION_MODES.length);
    });

    it("no argument contains a credential, and no file a complete one", () => {
      const { args, files, environment, defaults } = agent.launch(TASK);
      expect(JSON.stringify([args, environment, defaults])).not.toContain("sesame");
      for (const secret of Object.values(TASK.environment)) expect(JSON.stringify(files)).not.toContain(secret);
    });

    it("files are JSON objects within HOME", () => {
      for (const { path, content } of agent.launch(TASK).files) {
        expect(path.startsWith(`${TASK.home}/.`)).toBe(true);
        expect(path).not.toContain("..");
        expect(JSON.parse(content)).toEqual(expect.any(Object));
      }
    });

    it("model and conversation are named when they are set", () => {
      const conversationId = "0193-conversation";
      const plain = JSON.stringify(agent.launch({ ...TASK, model: undefined }).args);
      expect(plain).not.toMatch(/model-1|resume/);
      expect(JSON.stringify(agent.launch(TASK).args)).toContain("model-1");
      const resumed = JSON.stringify(agent.launch({ ...TASK, conversationId }).args);
      expect(resumed.includes(conversationId)).toBe(agent.limits.resume === undefined);
    });

    it("its events are reported: start, prompt, tool, permission, end of the turn with the last message or the failure", () => {
      expect(read(samples.starts)).toEqual({ activity: "Idle" });
      const conversationId = expect.any(String) as string;
      expect(read(samples.takesPrompt)).toEqual({ activity: "Working", conversationId, takesPrompt: true });
      expect(read(samples.usesTool)).toMatchObject({ activity: "Working" });
      expect(read(samples.endsTurn)).toMatchObject({ activity: "Idle", endsTurn: true, lastMessage: "Done." });
      const asks = samples.asksPermission === undefined ? undefined : read(samples.asksPermission)?.activity;
      expect(asks).toBe(agent.limits.permissionEvents === undefined ? "WaitingForPermission" : undefined);
      const fails = samples.failsTurn === undefined ? undefined : read(samples.failsTurn);
      const failed = { activity: "Failed", conversationId, endsTurn: true, failure: "No credit." };
      expect(fails).toEqual(agent.limits.failureEvents === undefined ? failed : undefined);
    });

    it("anything that is not its own event is ignored", () => {
      const strange = ["", "{", "null", "[]", "7", '"text"', '{"hook_event_name":1}', '{"hook_event_name":"toString"}'];
      expect(strange.map((text) => agent.readEvent(text))).toEqual(strange.map(() => undefined));
    });

    it("a prompt is plain text, whatever it begins with", () => {
      for (const prompt of ["--help", "/exit", "!ls", "?", "#x", "@x", "plain"]) {
        expect(agent.asText(prompt).trimStart()).toBe(prompt);
      }
    });
  });
}
