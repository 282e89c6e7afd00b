import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../node_modules/.bin/claude", import.meta.url));

/** One line of Claude Code's stream-json output; only what the tests of this kit look at. */
interface ClaudeEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly is_error?: boolean;
  readonly result?: string;
  readonly api_error_status?: number | null;
  readonly error_status?: number | null;
  readonly retry_delay_ms?: number;
  readonly mcp_servers?: readonly { readonly name: string; readonly status: string }[];
  readonly tools?: readonly string[];
}

export interface ClaudeRun {
  readonly exitCode: number | null;
  readonly events: readonly ClaudeEvent[];
  readonly result: ClaudeEvent | undefined;
  readonly stderr: string;
}

/** Runs the real Claude Code once, headless, in an empty scratch home that is deleted afterwards. */
export async function runClaude(
  prompt: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<ClaudeRun> {
  const home = await mkdtemp(join(tmpdir(), "claude-home-"));
  const claude = spawn(PROGRAM, ["-p", prompt, "--output-format", "stream-json", "--verbose", ...args], {
    cwd: home,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      TMPDIR: home,
      ANTHROPIC_API_KEY: "sk-ant-placeholder",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "2",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(claude.stdout), text(claude.stderr), once(claude, "close")]);
  await rm(home, { recursive: true, force: true });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const events = lines.map((line) => JSON.parse(line) as ClaudeEvent);
  return { exitCode: claude.exitCode, events, result: events.find(({ type }) => type === "result"), stderr };
}
