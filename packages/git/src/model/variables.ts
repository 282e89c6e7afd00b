/**
 * Variables of git(1) that a git of ours does not get. `Place`: an outer git (a hook, an alias) would direct ours to its
 * own repository. `Setting`: settings of an outer `git -c`, which would override ours. `Output`: they change what git
 * prints, runs or refuses, so that we could not read it; a user who types git has set these on purpose.
 *
 * All others are kept: who commits (GIT_AUTHOR_…), which files hold the user's configuration (GIT_CONFIG_GLOBAL,
 * …_SYSTEM), how the user reaches a host (GIT_SSH_COMMAND, GIT_SSL_…, GIT_PROXY_…), where git looks for a repository and
 * for its own programs (GIT_CEILING_DIRECTORIES, GIT_EXEC_PATH), what a new repository begins with (GIT_TEMPLATE_DIR).
 */
export const CLEARED_VARIABLES = {
  GIT_DIR: "Place",
  GIT_WORK_TREE: "Place",
  GIT_IMPLICIT_WORK_TREE: "Place",
  GIT_COMMON_DIR: "Place",
  GIT_INDEX_FILE: "Place",
  GIT_PREFIX: "Place",
  GIT_INTERNAL_SUPER_PREFIX: "Place",
  GIT_NAMESPACE: "Place",
  GIT_OBJECT_DIRECTORY: "Place",
  GIT_ALTERNATE_OBJECT_DIRECTORIES: "Place",
  GIT_QUARANTINE_PATH: "Place",
  GIT_SHALLOW_FILE: "Place",
  GIT_GRAFT_FILE: "Place",
  GIT_CONFIG: "Place",
  GIT_REFLOG_ACTION: "Place",
  GIT_CONFIG_PARAMETERS: "Setting",
  GIT_CONFIG_COUNT: "Setting",
  GIT_CONFIG_KEY_: "Setting",
  GIT_CONFIG_VALUE_: "Setting",
  GIT_ALLOW_PROTOCOL: "Output",
  GIT_PROTOCOL_FROM_USER: "Output",
  GIT_PROTOCOL: "Output",
  GIT_NO_LAZY_FETCH: "Output",
  GIT_ATTR_SOURCE: "Output",
  GIT_DEFAULT_HASH: "Output",
  GIT_DEFAULT_REF_FORMAT: "Output",
  GIT_DIFF_OPTS: "Output",
  GIT_EXTERNAL_DIFF: "Output",
  GIT_LITERAL_PATHSPECS: "Output",
  GIT_GLOB_PATHSPECS: "Output",
  GIT_NOGLOB_PATHSPECS: "Output",
  GIT_ICASE_PATHSPECS: "Output",
  GIT_NO_REPLACE_OBJECTS: "Output",
  GIT_REPLACE_REF_BASE: "Output",
  GIT_TRACE: "Output",
  GIT_TRACE_: "Output",
  GIT_TRACE2: "Output",
  GIT_TRACE2_: "Output",
} as const satisfies Record<string, "Place" | "Setting" | "Output">;

/**
 * How far git trusts its folder. `AsTyped`: the user's own git, as typed, with hooks, pager and language. `OfUser`: our
 * git in the user's repository. `InWorktree`: our git in a worktree of that repository; an agent may have shaped its
 * files, but not its configuration. `OfAgent`: our git where an agent may have shaped both.
 */
export type GitTrust = "AsTyped" | "OfUser" | "InWorktree" | "OfAgent";

type Kind = (typeof CLEARED_VARIABLES)[keyof typeof CLEARED_VARIABLES];

/** A row that ends with an underscore stands for all names with that prefix. */
function kindOf(name: string): Kind | undefined {
  const row = Object.entries(CLEARED_VARIABLES).find(([key]) =>
    key.endsWith("_") ? name.startsWith(key) : name === key,
  );
  return row?.[1];
}

/** Whether a variable comes from an outer git, so that no other program should inherit it. */
export function isOfOuterGit(name: string): boolean {
  const kind = kindOf(name);
  return kind === "Place" || kind === "Setting";
}

/** git never asks, neither on a terminal nor in a window. */
export const GIT_UNATTENDED = { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "" } as const;

/** git speaks English, shows the objects themselves without replacements, and reports to no other program. */
const OURS = {
  LC_ALL: "C",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_TRACE2: "0",
  GIT_TRACE2_EVENT: "0",
  GIT_TRACE2_PERF: "0",
} as const;

/** git does not ask a remote for missing objects: an agent may have written how to reach one, which is a command. */
export const NO_REMOTES = { GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" } as const;

/** The environment of a git. One of ours speaks English, never asks, and takes only the locks that it needs. */
export function gitEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  trust: GitTrust = "OfUser",
): Record<string, string> {
  const isCleared = (name: string) => (trust === "AsTyped" ? kindOf(name) === "Place" : kindOf(name) !== undefined);
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || isCleared(name) ? [] : [[name, value]],
  );
  const ours = trust === "AsTyped" ? {} : { ...OURS, ...GIT_UNATTENDED };
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...ours, ...REACH[trust] };
}

/**
 * In a worktree of a partial clone, git may fetch missing objects, but only by its own protocols. Others are programs,
 * whose names anybody may have chosen.
 */
const REACH = {
  AsTyped: {},
  OfUser: {},
  InWorktree: { GIT_ALLOW_PROTOCOL: "file:http:https:ssh" },
  OfAgent: NO_REMOTES,
} as const satisfies Record<GitTrust, Readonly<Record<string, string>>>;
