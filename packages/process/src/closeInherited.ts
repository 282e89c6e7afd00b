import { closeSync, readdirSync, readFileSync } from "node:fs";

const O_CLOEXEC = 0o2000000;

/**
 * Closes the files that the parent process left open for this one, besides the standard streams: every program that it
 * starts would inherit them. Files that this process opened itself are already closed on exec. Does nothing on systems
 * without /proc.
 */
export function closeInherited(): void {
  for (const file of openFiles()) if (file > 2 && isPassedOn(file)) closeSync(file);
}

function openFiles(): readonly number[] {
  try {
    return readdirSync("/proc/self/fdinfo").map(Number);
  } catch {
    return [];
  }
}

function isPassedOn(file: number): boolean {
  try {
    const [, flags = "0"] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // It was open only to list the others.
    return false;
  }
}
