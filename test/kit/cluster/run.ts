import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and gives its stdout; a non-zero end throws with the program's own words. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env === undefined ? process.env : { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined); // A program may end without reading; its exit code reports a failure.
  child.stdin.end(options.input ?? "");
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code !== 0) {
    const words = [stderr.trim(), stdout.trim()].find((part) => part !== "") ?? "no output";
    throw new Error(`${program} ${args.slice(0, 4).join(" ")} ended with ${code ?? signal}: ${words.slice(-4000)}`);
  }
  return stdout;
}

/** Waits until the check gives a value, asking again at short intervals; after the limit throws with the last reason. */
export async function waitUntil<T>(what: string, limitMs: number, check: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + limitMs;
  let reason: unknown;
  while (Date.now() < end) {
    const value = await check().catch((error: unknown) => void (reason = error));
    if (value !== undefined) return value;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not within ${limitMs / 1000} s`, { cause: reason });
}
