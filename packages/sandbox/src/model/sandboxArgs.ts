/** A symbolic link of the host, made again inside. */
export interface Link {
  readonly path: string;
  readonly target: string;
}

/** A file that is shown instead of another one. */
interface Cover {
  readonly path: string;
  readonly by: string;
}

/**
 * What a sandboxed session may see and change; nothing else of the host's file system exists inside. Paths are absolute,
 * without links, and exist.
 */
export interface SandboxPlaces {
  /** Folders of the system with programs and their data. */
  readonly system: readonly string[];
  /** The user's home, temporary folders and other places that are empty inside. */
  readonly empty: readonly string[];
  readonly links: readonly Link[];
  /** Within empty places or beside them: what the agent needs to run, and the repository's git folder. */
  readonly readable: readonly string[];
  /** The session's folder, its worktree, and what commits change in the git folder. */
  readonly writable: readonly string[];
  /** Within writable places: what would give the agent a hold on the user's own git. */
  readonly fixed: readonly string[];
  readonly covers: readonly Cover[];
  readonly workingDirectory: string;
}

/** What this machine's bubblewrap can do. Each sandbox uses all of it. */
export interface SandboxFeatures {
  /** A user namespace of its own: without one, a daemon that root runs could not drop root's rights over mounts. */
  readonly userNamespace: boolean;
  /** No further user namespaces inside; the system call filter refuses them too. */
  readonly lastUserNamespace: boolean;
  /** A network of its own, with nothing in it but its loopback. */
  readonly ownNetwork?: boolean;
  /** The file descriptor that the system call filter is read from. */
  readonly filter: number | undefined;
}

/** Namespaces and rights. Without a proxy, the network stays the host's: a network namespace would cut off the agent. */
export function isolationArgs({
  userNamespace,
  lastUserNamespace,
  ownNetwork,
  filter,
}: SandboxFeatures): readonly string[] {
  return [
    ...(userNamespace ? ["--unshare-user"] : []),
    ...(lastUserNamespace ? ["--disable-userns"] : []),
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    ...(ownNetwork === true ? ["--unshare-net"] : []),
    "--cap-drop",
    "ALL",
    // No terminal of the host is the sandbox's, so nothing inside can type into one.
    "--new-session",
    ...(filter === undefined ? [] : ["--seccomp", String(filter)]),
  ];
}

/**
 * The arguments of bubblewrap before the program: an empty, read-only root with the named places in it. The program lives
 * on when the daemon ends.
 */
export function sandboxArgs(places: SandboxPlaces, features: SandboxFeatures): readonly string[] {
  const mounts: readonly (readonly string[])[] = [
    ...places.system.map((path) => ["--ro-bind", path, path]),
    ["--dev", "/dev"],
    ["--proc", "/proc"],
    ...outerFirst(places.empty).map((path) => ["--tmpfs", path]),
    ...places.links.map(({ path, target }) => ["--symlink", target, path]),
    ...outerFirst(places.readable).map((path) => ["--ro-bind", path, path]),
    ...places.writable.map((path) => ["--bind", path, path]),
    ...places.fixed.map((path) => ["--ro-bind", path, path]),
    ...places.covers.map(({ path, by }) => ["--ro-bind", by, path]),
    // The last one: bubblewrap makes the mount points in this root.
    ["--remount-ro", "/"],
  ];
  return [...isolationArgs(features), ...mounts.flat(), "--chdir", places.workingDirectory, "--"];
}

/** A folder that is mounted later than one within it would hide that one. */
const outerFirst = (paths: readonly string[]) => [...new Set(paths)].toSorted((a, b) => a.length - b.length);
