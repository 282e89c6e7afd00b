import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "@clauderon/base";

/**
 * The path of a program: the given path when it has a slash, else the first match on `path` (in the form of PATH).
 * AGENT_UNAVAILABLE when there is no such program.
 */
export function findProgram(program: string, cwd: string, path: string): string {
  const candidates = program.includes("/")
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : path.split(":").map((folder) => resolve(cwd, folder === "" ? "." : folder, program));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Fault("AGENT_UNAVAILABLE", `Cannot execute "${program}": it is not an executable file on PATH`, {
    hint: `Install ${program}, or put the folder it is in on PATH`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
