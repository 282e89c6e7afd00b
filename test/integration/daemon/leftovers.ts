import { readdirSync, readFileSync } from "node:fs";

/** Living processes of a CLAUDERON_HOME: those that name it in their arguments, and those that a session's agent has started. */
export function processesOf(home: string): readonly { readonly pid: number; readonly line: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((name) => ({ pid: Number(name), line: read(name, "cmdline"), environment: read(name, "environ") }))
    .filter(({ line, environment }) => line.includes(home) || environment.includes(`=${home}/sessions/`))
    .map(({ pid, line }) => ({ pid, line: line.trim() }));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1").replaceAll("\0", " ");
  } catch {
    return ""; // Gone meanwhile.
  }
}
