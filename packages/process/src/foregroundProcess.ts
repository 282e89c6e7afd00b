import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { exitCodeOf } from "./model/exit.ts";
import { isForeground } from "./model/foreground.ts";
import { startFault } from "./startFault.ts";
import type { ProcessPlace } from "./startProcess.ts";

/**
 * Runs a program with this terminal and returns its exit code, 128 + n when signal n ended it. Ctrl-C reaches both.
 * With `shown`, the program writes to pipes instead of the terminal, and that function gets its output.
 */
export function runInForeground(
  command: string,
  args: readonly string[],
  { cwd, environment, shown }: ProcessPlace & { readonly shown?: ((text: string) => string) | undefined },
): Promise<number> {
  const output = shown === undefined ? "inherit" : "pipe";
  const child = spawn(command, args, { cwd, env: environment, stdio: ["inherit", output, output] });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => process[name].write(shown?.(text) ?? text));
  }
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(startFault(command, cwd, cause)));
    child.on("close", (code, signal) =>
      resolve(exitCodeOf({ code: code ?? undefined, signal: signal ?? undefined }, constants.signals)),
    );
  });
}

/** Whether this process is in the terminal's foreground; true on systems without /proc. */
export function hasForeground(): boolean {
  try {
    return isForeground(readFileSync("/proc/self/stat", "utf8"));
  } catch {
    return true;
  }
}

/** Becomes another program, as exec(2) does. */
export function replaceProcess(
  program: string,
  args: readonly string[],
  environment: ProcessPlace["environment"],
): never {
  const variables = Object.entries(environment).filter(([, value]) => value !== undefined);
  return process.execve?.(
    program,
    [program, ...args],
    Object.fromEntries(variables) as Record<string, string>,
  ) as never;
}
