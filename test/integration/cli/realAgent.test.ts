import { describe, expect, it, onTestFinished } from "vitest";
import { type ScriptedMessagesOptions, startScriptedMessages } from "../../kit/internet/messages/scriptedMessages.ts";
import { text, toolUse } from "../../kit/internet/messages/turns.ts";
import { ROOT } from "../../kit/programs.ts";
import { ScratchUser } from "./scratchUser.ts";

async function model(options: ScriptedMessagesOptions) {
  const server = await startScriptedMessages(options);
  onTestFinished(() => server.stop());
  const env = [
    { name: "ANTHROPIC_BASE_URL", value: server.baseUrl },
    { name: "ANTHROPIC_API_KEY", value: "sesame-1234" },
  ];
  return { server, env };
}

const PATH = `${ROOT}node_modules/.bin:${process.env.PATH ?? ""}`;
const COMMIT = "echo hi > hi.txt && git add . && git commit --quiet --message 'Say hi'";

describe("clauderon run with the real Claude Code", () => {
  it("shows its steps and keeps its commit", async () => {
    const user = new ScratchUser("claude");
    const { env, server } = await model({ script: [toolUse("Bash", { command: COMMIT }), text("Done, I said hi.")] });
    const { exitCode, stdout } = await user.run({ prompt: "-say 'hi'", env }, [], { environment: { PATH } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      / Bash +echo hi > hi.txt[\s\S]* says +Done, I said hi\.\n[\s\S]* result +succeeded, 2 turns/,
    );
    expect(stdout).toContain("web: 1 commit on branch clauderon/fix\n");
    expect(JSON.stringify(server.requests)).toContain("-say 'hi'");
  });

  it("exits 7 and names the variable when the model API refuses its credential", async () => {
    const user = new ScratchUser("claude");
    const { env } = await model({ tokens: ["another"], script: [text("never")] });
    const impatient = [...env, { name: "CLAUDE_CODE_MAX_RETRIES", value: "1" }];
    const { exitCode, stderr } = await user.run({ env: impatient }, [], { environment: { PATH } });
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/error\[AGENT_FAILED\]: AgentJob "fix" failed: AuthenticationFailed: .*credential in TOKEN/);
  });
});
