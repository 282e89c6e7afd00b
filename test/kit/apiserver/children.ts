import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/** Kills what the folder's pid files name and removes the folder as soon as its stdin closes, by our end or our death. */
const REAPER = `
cat > /dev/null
for file in "$1"/*.pid; do
  pid=$(cat "$file") && kill -KILL "$pid" || continue
  tries=0; while kill -0 "$pid" && [ $tries -lt 200 ]; do tries=$((tries+1)); sleep 0.02; done
done
rm -rf "$1"`;

/**
 * Child processes that cannot outlive this process, and a folder that goes with them.
 * A small shell waits on a pipe from us: whatever way we end, SIGKILL included, it kills the children and removes the folder.
 */
export class Children {
  readonly #folder: string;
  readonly #reaper: ChildProcess;
  readonly #running = new Map<string, ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#reaper = spawn("sh", ["-c", REAPER, "test-kit-reaper", folder], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#reaper.unref();
  }

  /** Starts a program whose output goes to `<name>.log`. */
  start(name: string, program: string, args: readonly string[]): void {
    const log = openSync(join(this.#folder, `${name}.log`), "a");
    const pidFile = join(this.#folder, `${name}.pid`);
    const child = spawn("sh", ["-c", 'echo $$ > "$0"; exec "$@"', pidFile, program, ...args], {
      cwd: this.#folder,
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.unref();
    this.#running.set(name, child);
  }

  isRunning(name: string): boolean {
    const child = this.#running.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Sends the signal and waits for the end. A program that has already ended is not an error. */
  async end(name: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined || !this.isRunning(name)) return;
    const exited = once(child, "exit");
    child.ref();
    child.kill(signal);
    await exited;
  }

  /** Ends all and removes the folder. */
  async close(): Promise<void> {
    if (this.#reaper.exitCode !== null) return;
    const exited = once(this.#reaper, "exit");
    this.#reaper.ref();
    this.#reaper.stdin?.end();
    await exited;
  }
}
