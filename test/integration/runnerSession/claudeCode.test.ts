import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ModelRequest } from "../../kit/internet/messages/modelRequest.ts";
import { startScriptedMessages } from "../../kit/internet/messages/scriptedMessages.ts";
import { error, text, toolUse, type Turn } from "../../kit/internet/messages/turns.ts";
import { allArguments, childrenOf } from "../../kit/processes.ts";
import { SessionProcess } from "./sessionProcess.ts";

/** Claude Code takes seconds to start on a busy machine. */
const PATIENCE = { timeout: 100_000, interval: 50 };
const API_KEY = "sk-ant-test-0123456789";

/** The real Claude Code in a session, and what it asked of the model. */
async function claudeSession(answer: (request: ModelRequest) => Turn, more: { prompt?: string; folder?: string } = {}) {
  const requests: ModelRequest[] = [];
  const model = await startScriptedMessages({
    script: (request) => {
      requests.push(request);
      return answer(request);
    },
  });
  onTestFinished(() => model.stop());
  const session = new SessionProcess({
    command: "the agent's own",
    session: {
      agent: "claude-code",
      credentialVariables: ["ANTHROPIC_API_KEY"],
      variables: ["ANTHROPIC_BASE_URL"],
    },
    environment: { ANTHROPIC_BASE_URL: model.baseUrl, ANTHROPIC_API_KEY: API_KEY },
    ...more,
  });
  const client = await session.connect();
  return { session, client, requests, view: client.attach({ offset: 0 }) };
}

/** Activities one after the other, repetitions apart. */
const told = (activities: readonly string[]) => activities.filter((each, at) => each !== activities[at - 1]);

describe("Claude Code in a session", () => {
  it("shows no first-start question, asks for a permission, acts when it is granted, and is idle again", async () => {
    const { session, client, view } = await claudeSession(
      ({ turn }) => (turn === 0 ? toolUse("Bash", { command: "touch made-by-claude && echo ok" }) : text("All done.")),
      { prompt: "Make the file" },
    );
    await expect.poll(() => client.status?.activity, PATIENCE).toBe("WaitingForPermission");
    expect(readdirSync(join(session.folder, "work"))).toEqual([]);
    // The hook reports the question before it is drawn, and an earlier answer is lost.
    const answered = () => {
      if (client.status?.activity === "WaitingForPermission") view.type("\r");
      return client.status?.turns;
    };
    await expect.poll(answered, { ...PATIENCE, interval: 1_000 }).toBe(1);
    expect(readdirSync(join(session.folder, "work"))).toEqual(["made-by-claude"]);
    expect(client.status).toMatchObject({ activity: "Idle", lastMessage: "All done." });
    expect(told(client.activities)).toEqual(["Unknown", "Idle", "Working", "WaitingForPermission", "Working", "Idle"]);
    expect(view.text).not.toMatch(/trust|Choose the text style|custom API key|Select login/i);
    expect(allArguments().join("\n")).not.toMatch(/Make the file|sk-ant-test/);
  }, 240_000);

  it.each([
    ["a dash", "--help is what I want"],
    ["a path", "/etc/hosts is a file"],
    ["a slash", "/again please"],
    ["an exclamation mark", "!important: look at this"],
    ["a hash", "# A title\n\nand more"],
    ["an at sign", "@nobody said so"],
    ["a long text", `${"many words ".repeat(95_000)}end`],
  ])(
    "gets a prompt unchanged that begins with %s",
    async (_what, prompt) => {
      const { client, requests } = await claudeSession(() => text("Understood."), { prompt });
      await expect.poll(() => client.status?.turns, PATIENCE).toBe(1);
      expect(requests.some((request) => request.prompt.includes(prompt.trim()))).toBe(true);
    },
    120_000,
  );

  it("reports that a turn failed, and why", async () => {
    const refusal = error(400, "invalid_request_error", "your credit balance is too low");
    const { client } = await claudeSession(({ turn }) => (turn === 0 ? refusal : text("Well.")), { prompt: "Hello" });
    await expect.poll(() => client.status?.activity, PATIENCE).toBe("Failed");
    expect(client.status).toMatchObject({ turns: 1, message: expect.stringMatching(/credit balance is too low/i) });
  }, 240_000);

  it("continues its conversation, from the transcript in its home, after it was killed", async () => {
    const { session, client, requests, view } = await claudeSession(({ prompt }) => text(`I heard ${prompt.length}`), {
      prompt: "The word is xylophone",
    });
    await expect.poll(() => client.status?.turns, PATIENCE).toBe(1);
    const conversation = client.status?.conversationId ?? "";
    const projects = join(session.folder, "home/.claude/projects");
    const transcript = () =>
      readdirSync(projects, { recursive: true, encoding: "utf8" }).find((name) =>
        name.endsWith(`${conversation}.jsonl`),
      ) ?? "none";
    // It is on disk some time after it was said.
    await expect
      .poll(() => readFileSync(join(projects, transcript()), "utf8"), PATIENCE)
      .toMatch(/xylophone[^]*I heard/);
    const [agent] = childrenOf(session.pid);
    process.kill(agent ?? 0, "SIGKILL");
    await expect.poll(() => client.status?.message, PATIENCE).toMatch(/SIGKILL; the runner starts it again/);
    expect(await client.request({ type: "prompt", id: 1, prompt: "And now?" }), view.text.slice(-3000)).toEqual({
      type: "done",
      id: 1,
    });
    await expect.poll(() => client.status?.turns, PATIENCE).toBe(2);
    expect(client.status?.conversationId).toBe(conversation);
    const last = JSON.stringify(requests.at(-1));
    expect(last).toContain("xylophone");
  }, 240_000);
});
