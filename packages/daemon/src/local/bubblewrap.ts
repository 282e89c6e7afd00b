import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fault } from "@clauderon/base";
import { sandboxArgs } from "./model/sandbox.ts";
import { sandboxGit, type SandboxRepository } from "./sandboxGit.ts";

export interface SandboxOptions {
  /** The path of bubblewrap. */
  readonly program: string;
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
}

/** Where bubblewrap is; SANDBOX_UNAVAILABLE when it is nowhere. */
export function findSandbox(path: string): string {
  const found = path
    .split(":")
    .map((folder) => join(folder, "bwrap"))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new Fault("SANDBOX_UNAVAILABLE", "Bubblewrap is not installed, and --sandbox needs it", {
    hint: "Install it: apt install bubblewrap, or dnf install bubblewrap; or leave out --sandbox",
  });
}

/** The command that runs another inside the sandbox of a session. */
export function sandboxed(command: readonly string[], options: SandboxOptions): readonly string[] {
  const { program, folder, logFile, socket, repository, daemonHome, environment } = options;
  if (dirname(socket) !== folder) {
    // The folder that it would be in also holds the daemon's own socket, by which an agent would get out.
    throw new Fault("SANDBOX_UNAVAILABLE", `The path of ${daemonHome} is too long for a sandboxed session's socket`, {
      hint: "Set CLAUDERON_HOME to a shorter path",
    });
  }
  const home = environment["HOME"];
  const hidden = [home, environment["XDG_RUNTIME_DIR"], daemonHome].filter(
    (path) => path !== undefined && existsSync(path),
  );
  const git = sandboxGit(repository);
  return [
    program,
    ...sandboxArgs({
      hidden: hidden as string[],
      readable: [...programFolders(command, options), ...git.readable],
      writable: [folder, repository.worktree, ...git.writable],
      // The next start writes on in the log, wherever that name leads.
      fixed: [...git.fixed, logFile],
      workingDirectory: folder,
    }),
    ...command,
  ];
}

/** Where the programs that run inside lie: the runner's installation, node's, and all of PATH, links followed. */
function programFolders(
  [node = "", runner = ""]: readonly string[],
  { environment, command }: SandboxOptions,
): readonly string[] {
  const path = (environment["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/") && existsSync(folder));
  const installation = realpathSync(runner).replace(/\/(packages|node_modules)\/.*$/, "");
  const programs = [node, ...(command ?? []), ...path.map((folder) => join(folder, "claude"))].filter(
    (program) => program.startsWith("/") && existsSync(program),
  );
  const folders = [installation, ...path, ...programs.map((program) => dirname(realpathSync(program)))];
  return [...new Set(folders)];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
