import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_EXIT } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { startMcpEcho } from "../../kit/internet/mcpServer.ts";
import { error, rateLimit, text, toolUse, unauthorized, usage } from "../../kit/internet/messages/turns.ts";
import { runClaudeCode } from "./claudeCode.ts";
import { allArguments } from "../../kit/processes.ts";

describe("Claude Code in the runner", () => {
  it("uses a tool that its role allows, and log and summary show it", async () => {
    const script = [
      [text("I will look."), toolUse("Bash", { command: "echo made > made.txt; echo one; echo two" })],
      [text("It is done."), usage({ input: 5, cacheRead: 100, cacheWrite: 20, output: 7 })],
    ];
    const run = await runClaudeCode(script, { config: { allowedTools: ["Bash"], model: "claude-opus-5-5" } });
    expect(run.exitCode).toBe(RUN_EXIT.succeeded);
    expect(readFileSync(join(run.folder, "workspace/made.txt"), "utf8")).toBe("made\n");
    expect(run.requests[1]?.toolResults).toEqual([expect.objectContaining({ text: "one\ntwo", isError: false })]);
    expect(run.lines.map((line) => line.slice(9))).toEqual([
      expect.stringMatching(/^agent {4}claude-code [\d.]+, model claude-opus-5-5, tools Bash$/),
      "says     I will look.",
      "Bash     echo made > made.txt; echo one; echo two",
      "  ok     one (+1 line)",
      "says     It is done.",
      expect.stringMatching(/^result {3}succeeded, 2 turns, 135 tokens in, 27 tokens out, \$\d+\.\d{4}, \d+\.\d s$/),
      "runner   Succeeded",
    ]);
    expect(run.summary).toMatchObject({
      outcome: "Succeeded",
      agent: "claude-code",
      model: "claude-opus-5-5",
      turns: 2,
      inputTokens: 135,
      outputTokens: 27,
      lastMessage: "It is done.",
    });
    expect(run.summary?.sessionId).toBe(run.requests[0]?.sessionId);
  });

  it("offers only the tools of its role, and denies what no rule allows", async () => {
    const script = [
      toolUse("Bash", { command: "touch allowed.txt" }),
      toolUse("Bash", { command: "chmod 777 allowed.txt" }),
      toolUse("Write", { file_path: "/tmp/denied.txt", content: "x" }),
      text("I could not."),
    ];
    const run = await runClaudeCode(script, { config: { allowedTools: ["Bash(touch *)", "Read"] } });
    expect(run.requests[0]?.tools).toContain("Bash");
    expect(run.requests[0]?.tools).toContain("Read");
    expect(run.requests[0]?.tools).not.toContain("Write");
    const results = run.requests.flatMap(({ toolResults }) => toolResults);
    expect(results.map(({ isError }) => isError)).toEqual([false, true, true]);
    expect(results[1]?.text).toContain("Permission to use Bash has been denied");
    expect(results[2]?.text).toContain("No such tool available: Write");
    expect(run.lines.filter((line) => line.includes("  failed "))).toHaveLength(2);
  });

  it("does not read a role as a flag", async () => {
    const config = { allowedTools: ["--dangerously-skip-permissions", "Read"], model: "--permission-mode=plan" };
    const run = await runClaudeCode([toolUse("Bash", { command: "touch x" }), text("No.")], { config });
    expect(run.requests[0]?.model).toBe("--permission-mode=plan");
    expect(existsSync(join(run.folder, "workspace/x"))).toBe(false);
  });

  it("gets the instructions in its system prompt", async () => {
    const config = { instructions: "Always answer in rhymes." };
    const run = await runClaudeCode([text("Fine, a line.")], { config: { ...config, allowedTools: ["Read"] } });
    expect(run.requests[0]?.system).toContain("Always answer in rhymes.");
  });

  it.each([
    ["of 1 MiB", `${"x".repeat(1_048_576)} end of it`],
    ["that begins with a dash", "--version please"],
    ["with quotes and newlines", `It's "quoted" $HOME \`id\`\nsecond line`],
  ])("gets a prompt %s unchanged", async (_title, prompt) => {
    const run = await runClaudeCode([text("Read.")], { config: { prompt, allowedTools: ["Read"] } });
    expect(run.summary?.outcome).toBe("Succeeded");
    expect(run.requests[0]?.prompt.includes(prompt)).toBe(true);
  });

  it("uses an MCP server of the AgentJob and no others", async () => {
    const mcp = await startMcpEcho();
    const mcpServers = [{ name: "echo", url: mcp.url }];
    const config = { mcpServers, allowedTools: ["mcp__echo__*"] };
    const run = await runClaudeCode([toolUse("mcp__echo__echo", { text: "hello" }), text("Heard.")], { config });
    await mcp.stop();
    expect(run.requests[1]?.toolResults).toEqual([expect.objectContaining({ text: "hello", isError: false })]);
    expect(run.lines[0]).toContain("mcp server echo connected");
  });

  it("reports a refused credential by the name of its variable", async () => {
    const run = await runClaudeCode(() => unauthorized(), { config: { allowedTools: ["Read"] } });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({
      outcome: "Failed",
      reason: "AuthenticationFailed",
      message: expect.stringMatching(/^The model API refused the credential in ANTHROPIC_API_KEY \(401\): /),
    });
    expect(run.lines.join("\n")).toContain("retry    authentication_failed (401), attempt 1 of 2, in ");
  });

  it("reports a missing credential", async () => {
    const run = await runClaudeCode([], { config: { allowedTools: ["Read"] }, environment: { ANTHROPIC_API_KEY: "" } });
    expect(run.summary).toMatchObject({
      reason: "AuthenticationFailed",
      message: expect.stringContaining("no usable credential in ANTHROPIC_API_KEY"),
    });
  });

  it("continues after a rate limit, and the log shows it", async () => {
    const run = await runClaudeCode([rateLimit(1), text("Now.")], { config: { allowedTools: ["Read"] } });
    expect(run.summary).toMatchObject({ outcome: "Succeeded", lastMessage: "Now." });
    expect(run.lines.join("\n")).toContain("retry    rate_limit (429), attempt 1 of 2, in 1.");
  });

  it.each([
    ["RateLimited", () => rateLimit(0), "(429)"],
    ["BillingError", () => error(400, "invalid_request_error", "Your credit balance is too low"), "no credit (400)"],
    ["ModelError", () => error(400, "invalid_request_error", "No such model"), "No such model"],
  ] as const)("reports an is_error result as %s", async (reason, answer, message) => {
    const run = await runClaudeCode(answer, { config: { allowedTools: ["Read"] } });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({ outcome: "Failed", reason, message: expect.stringContaining(message) });
  });

  it("reports that the agent reached its maximum number of turns", async () => {
    const folder = await mkdtemp(join(tmpdir(), "limited-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const limited = join(folder, "claude");
    await writeFile(limited, '#!/bin/sh\nexec claude "$@" --max-turns 1\n', { mode: 0o755 });
    const run = await runClaudeCode([toolUse("Bash", { command: "true" }), text("More.")], {
      config: { allowedTools: ["Bash"] },
      environment: { CLAUDERON_AGENT_COMMAND: limited },
    });
    expect(run.exitCode).toBe(RUN_EXIT.agentFailed);
    expect(run.summary).toMatchObject({
      reason: "MaxTurns",
      message: "The agent used up its turns: Reached maximum number of turns (1)",
    });
  });

  it("leaves no process of its tools behind", async () => {
    const command = "(setsid sleep 3603 > /dev/null 2>&1 &); nohup sleep 3604 > /dev/null 2>&1 & echo started";
    const run = await runClaudeCode([toolUse("Bash", { command }), text("Left.")], {
      config: { allowedTools: ["Bash"] },
    });
    expect(run.summary?.outcome).toBe("Succeeded");
    expect(allArguments().filter((line) => /sleep 360[34]/.test(line) && !line.includes("vitest"))).toEqual([]);
  });
});
