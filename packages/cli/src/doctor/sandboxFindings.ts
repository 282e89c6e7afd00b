import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import { type Finished, runProcess } from "@clauderon/process/run";
import { findSandbox, runInSandbox, type Sandbox } from "@clauderon/sandbox";
import type { CliConfig } from "../config.ts";
import type { Finding } from "./model/finding.ts";
import { TOOLS, toolFinding } from "./model/toolFindings.ts";

/** An agent cannot use a tool that waits for an answer. */
const DEADLINE_MS = 60_000;

/** Where every sandbox has the same programs as the system. */
const SYSTEM = /^\/(usr|bin|sbin|opt)\//;

/** Whether the sandbox works here, and each tool that the user's home or another folder of PATH provides works in it. */
export async function sandboxFindings({ environment }: CliConfig): Promise<readonly Finding[]> {
  const path = environment["PATH"] ?? "";
  let sandbox: Sandbox;
  try {
    sandbox = await findSandbox(path);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { message, hint } = thrown;
    return [{ name: "sandbox", state: "missing", message, ...(hint === undefined ? {} : { fix: hint }) }];
  }
  const findings: Finding[] = [{ name: "sandbox", state: "ok", message: limits(sandbox) }];
  const folder = mkdtempSync(join(tmpdir(), "clauderon-doctor-"));
  try {
    for (const [tool, ...args] of TOOLS) {
      const program = findOnPath(tool, path);
      if (program === undefined || SYSTEM.test(realpathSync(program))) continue;
      const command = [program, ...args];
      const outside = await tried(() =>
        runProcess(program, args, { cwd: folder, environment, deadlineMs: DEADLINE_MS }),
      );
      const inside = await tried(() => runInSandbox(command, { sandbox, environment, folder }));
      findings.push(toolFinding({ tool, program }, outside, inside));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return findings;
}

function limits({ features: { userNamespace, lastUserNamespace } }: Sandbox): string {
  if (userNamespace && lastUserNamespace) return "works";
  return "works; this bubblewrap is older than 0.8 or setuid, so the system call filter alone refuses user namespaces";
}

async function tried(run: () => Promise<Finished>): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const { code, stdout, stderr } = await run();
    return { code, said: code === 0 ? `${stdout.toString()}\n${stderr}` : `${stderr}\n${stdout.toString()}` };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { code: 1, said: thrown.message };
  }
}

function findOnPath(tool: string, path: string): string | undefined {
  return path
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, tool))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
