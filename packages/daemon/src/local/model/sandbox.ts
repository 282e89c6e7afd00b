/** What a sandboxed session may see and change. Paths are absolute and exist. */
export interface SandboxPlaces {
  /** The user's home and other places that are empty inside. */
  readonly hidden: readonly string[];
  /** Within hidden places: what the agent needs to run, and the repository's git folder. */
  readonly readable: readonly string[];
  /** The session's folder, its worktree, and what commits change in the git folder. */
  readonly writable: readonly string[];
  /** Within writable places: what would give the agent a hold on the user's own git. */
  readonly fixed: readonly string[];
  readonly workingDirectory: string;
}

/**
 * The arguments of bubblewrap before the program: the whole system read-only, hidden places empty, processes of its own,
 * the network as it is. It lives on when the daemon ends.
 */
export function sandboxArgs(places: SandboxPlaces): readonly string[] {
  const options: readonly (readonly string[])[] = [
    ["--ro-bind", "/", "/"],
    ["--dev", "/dev"],
    ["--proc", "/proc"],
    ["--tmpfs", "/tmp"],
    ...places.hidden.map((path) => ["--tmpfs", path]),
    ...places.readable.map((path) => ["--ro-bind", path, path]),
    ...places.writable.map((path) => ["--bind", path, path]),
    ...places.fixed.map((path) => ["--ro-bind", path, path]),
    ["--unshare-pid"],
    ["--unshare-ipc"],
    ["--new-session"],
    ["--chdir", places.workingDirectory],
    ["--"],
  ];
  return options.flat();
}
