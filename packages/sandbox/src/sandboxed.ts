import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fault } from "@clauderon/base";
import type { Sandbox } from "./findSandbox.ts";
import { hostPlaces } from "./hostPlaces.ts";
import { isWithin } from "./hostPath.ts";
import { sandboxArgs } from "./model/sandboxArgs.ts";
import { systemCallFilter } from "./model/systemCallFilter.ts";
import { pathFolders, programPlaces } from "./programPlaces.ts";
import { sandboxGit, type SandboxRepository } from "./sandboxGit.ts";

export interface SandboxOptions {
  readonly sandbox: Sandbox;
  /** The session's folder, with the runner's socket in it. */
  readonly folder: string;
  /** What the runner prints; it is there when bubblewrap starts. */
  readonly logFile: string;
  readonly socket: string;
  readonly repository: SandboxRepository;
  readonly daemonHome: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What is started instead of the agent's own program. */
  readonly command: readonly string[] | undefined;
  /**
   * The unix socket of the proxy, in a folder that holds nothing else. With it, the sandbox has a network of its own, and
   * that folder is in it: a bound socket would stay the old one when the proxy starts again.
   */
  readonly proxySocket?: string | undefined;
}

/** A command that runs in a sandbox. */
export interface SandboxedCommand {
  readonly command: readonly string[];
  /** Its file descriptor 3 must give these bytes: the filter of system calls. */
  readonly input: Uint8Array | undefined;
}

/** The command that runs another, a node and our program, inside the sandbox of a session. */
export function sandboxed(command: readonly string[], options: SandboxOptions): SandboxedCommand {
  const { sandbox, folder, logFile, socket, repository, daemonHome, environment, proxySocket } = options;
  if (dirname(socket) !== folder) {
    // The folder that it would be in also holds the daemon's own socket, by which an agent would get out.
    throw new Fault("SANDBOX_UNAVAILABLE", `The path of ${daemonHome} is too long for a sandboxed session's socket`, {
      hint: "Set CLAUDERON_HOME to a shorter path",
    });
  }
  const git = sandboxGit(repository);
  const places = hostPlaces({
    environment,
    hidden: [daemonHome, ...[environment["XDG_RUNTIME_DIR"]].filter((path) => path !== undefined)],
    readable: [...programFolders(command, options), ...git.readable],
    writable: [folder, repository.worktree, ...git.writable],
    // The next start writes on in the log, wherever that name leads.
    fixed: [...git.fixed, logFile],
    connectable: proxySocket === undefined ? [] : [dirname(proxySocket)],
    workingDirectory: folder,
  });
  const input = systemCallFilter(process.arch);
  const ownNetwork = proxySocket !== undefined;
  const features = { ...sandbox.features, ownNetwork, filter: input === undefined ? undefined : 3 };
  return { command: [sandbox.program, ...sandboxArgs(places, features), ...command], input };
}

/** Where the programs that run inside lie: the runner's installation, node's, and all of PATH, links followed. */
function programFolders(
  [node = "", runner = ""]: readonly string[],
  { environment, command }: SandboxOptions,
): readonly string[] {
  const path = pathFolders(environment);
  const programs = [node, ...(command ?? []), ...path.map((folder) => join(folder, "claude"))].filter(
    (program) => program.startsWith("/") && existsSync(program),
  );
  return [
    ...path,
    ...programPlaces(environment, path),
    ...installation(realpathSync(runner)),
    ...programs.flatMap((program) => folderOf(program, environment)),
  ];
}

/** The folders of our packages and those that they need, and nothing else of where they lie: that may be the home. */
function installation(program: string): readonly string[] {
  const [modules] = /^.*?\/node_modules(?=\/)/.exec(program) ?? [];
  if (modules !== undefined) return [modules];
  const root = program.replace(/\/packages\/.*$/, "");
  return [join(root, "packages"), join(root, "node_modules")];
}

/** The folder of a program, for what it needs beside it; the program alone when it lies in the home itself or above. */
function folderOf(program: string, { HOME: home = "/" }: SandboxOptions["environment"]): readonly string[] {
  const real = realpathSync(program);
  const folder = dirname(real);
  return isWithin(existsSync(home) ? realpathSync(home) : home, folder) ? [program, real] : [program, folder];
}
