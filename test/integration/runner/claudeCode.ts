import { onTestFinished } from "vitest";
import type { ModelRequest } from "../../kit/internet/messages/modelRequest.ts";
import type { Script } from "../../kit/internet/messages/scenarios.ts";
import { startScriptedMessages } from "../../kit/internet/messages/scriptedMessages.ts";
import type { Turn } from "../../kit/internet/messages/turns.ts";
import { type EndedRun, runRunner, type RunnerOptions } from "./runnerProcess.ts";

export const API_KEY = "sk-ant-test-0123456789";

export interface ClaudeRun extends EndedRun {
  /** What the agent sent to the model in its conversation, oldest first. */
  readonly requests: readonly ModelRequest[];
}

/** Runs the real Claude Code by the real runner against a model with this script. */
export async function runClaudeCode(script: Script, options: RunnerOptions = {}): Promise<ClaudeRun> {
  const requests: ModelRequest[] = [];
  const record = async (request: ModelRequest): Promise<Turn> => {
    requests.push(request);
    if (typeof script === "function") return script(request);
    const turn = script[request.turn];
    if (turn === undefined) throw new Error(`The script has ${script.length} turns and the agent asked for one more`);
    return turn;
  };
  const model = await startScriptedMessages({ script: record });
  onTestFinished(() => model.stop());
  const run = await runRunner({
    ...options,
    environment: { ...claudeEnvironment(model.baseUrl), ...options.environment },
  });
  return { ...run, requests };
}

/** The variables by which Claude Code reaches a scripted model. */
const claudeEnvironment = (baseUrl: string): Record<string, string> => ({
  ANTHROPIC_BASE_URL: baseUrl,
  ANTHROPIC_API_KEY: API_KEY,
  THURKUBE_AUTH_ENV_VAR: "ANTHROPIC_API_KEY",
  CLAUDE_CODE_MAX_RETRIES: "2",
});
