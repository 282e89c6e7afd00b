import type { FoundSetting, Setting } from "./foundSettings.ts";

/**
 * Where an agent's git runs. `AsUser`: on this machine, with the user's rights. `Sandboxed`: on this machine, but it can
 * read only the part of the user's configuration that it is given. `Apart`: in its own repository, on another machine.
 */
export type AgentPlace = "AsUser" | "Sandboxed" | "Apart";

/** Where an agent's git gets the user's value of a key of git-config(1): only on this machine, or everywhere. */
type Row = readonly [reach: "Machine" | "Everywhere", why: string];

const CONTENT = "it decides what a commit contains";
const HABIT = "it decides how branches join, and the user's team expects that";
const NEWER = "an older git in a pod may not know the value";

/**
 * The user's settings that an agent's git gets too. Each is harmless: none starts a program, names a place that holds
 * secrets, sends anything, or deletes or moves what the agent did not make. An agent's git does not get aliases, helpers
 * and keys, addresses, hooks, signatures, and settings that only change how git looks on the user's terminal.
 */
export const CARRIED: Readonly<Record<string, Row>> = {
  "apply.whitespace": ["Everywhere", CONTENT],
  "branch.autoSetupMerge": ["Everywhere", HABIT],
  "branch.autoSetupRebase": ["Everywhere", HABIT],
  "commit.cleanup": ["Everywhere", CONTENT],
  "core.autocrlf": ["Everywhere", CONTENT],
  "core.checkRoundtripEncoding": ["Everywhere", CONTENT],
  "core.commentChar": ["Machine", `${CONTENT}; ${NEWER}`],
  "core.commentString": ["Machine", `${CONTENT}; ${NEWER}`],
  "core.eol": ["Everywhere", CONTENT],
  "core.quotePath": ["Everywhere", "agents read names that are not ASCII in what git prints"],
  "core.safecrlf": ["Everywhere", CONTENT],
  "core.whitespace": ["Everywhere", "git diff --check reports what the user's does"],
  "diff.algorithm": ["Everywhere", "a patch is as the user would see it"],
  "diff.renameLimit": ["Everywhere", "a patch is as the user would see it"],
  "diff.renames": ["Everywhere", "a patch is as the user would see it"],
  "init.defaultBranch": ["Everywhere", "a repository that the agent makes is as the user would make it"],
  "merge.conflictStyle": ["Machine", `${HABIT}; ${NEWER}`],
  "merge.directoryRenames": ["Everywhere", HABIT],
  "merge.ff": ["Everywhere", HABIT],
  "merge.renameLimit": ["Everywhere", HABIT],
  "merge.renames": ["Everywhere", HABIT],
  "pull.ff": ["Everywhere", HABIT],
  "pull.rebase": ["Everywhere", HABIT],
  "push.autoSetupRemote": ["Everywhere", HABIT],
  "push.default": ["Everywhere", HABIT],
  "rebase.autoSquash": ["Everywhere", HABIT],
  "rebase.autoStash": ["Everywhere", HABIT],
  "safe.directory": ["Machine", "the agent works in a repository that the user trusts, also one of another owner"],
};

const BY_KEY = new Map(Object.entries(CARRIED).map(([key, [reach]]) => [key.toLowerCase(), reach]));

/** Keys of this table do not need more settings or longer values. */
const MAX_SETTINGS = 500;
const MAX_CHARACTERS = 4_096;

/**
 * The settings to write into the session's file, in git's order. On this machine, git finds those of the system and of
 * the repository by itself; in a pod it finds neither.
 */
export function carriedSettings(found: readonly FoundSetting[], place: AgentPlace): readonly Setting[] {
  const scopes = place === "Apart" ? ["system", "global", "local", "worktree"] : ["global"];
  const isCarried = ({ key }: Setting): boolean => {
    const reach = BY_KEY.get(key.toLowerCase());
    return reach === "Everywhere" || (reach === "Machine" && place !== "Apart");
  };
  const all = found.filter((setting) => scopes.includes(setting.scope) && isPlain(setting));
  const drivers = filterDrivers(all, place);
  const isOfDriver = ({ key }: Setting) => drivers.has(driverOf(key) ?? "");
  return all
    .filter((setting) => isCarried(setting) || isOfDriver(setting))
    .slice(-MAX_SETTINGS)
    .map(({ key, value }) => ({ key, value }));
}

/** Whether key and value are text and not too long. */
const isPlain = ({ key, value }: Setting): boolean =>
  !(key + value).includes("\uFFFD") && key.length + value.length <= MAX_CHARACTERS;

/** The command line of git-lfs contains no secret. That of another filter may. */
const KNOWN_FILTER = /^git[- ]lfs [a-z -]+(%f)?$/;
const isUnknown = ({ key, value }: Setting): boolean =>
  /\.(clean|smudge|process)$/.test(key) && !KNOWN_FILTER.test(value);

/**
 * The filters that the agent's git runs. Without them it would commit what the user's git never does: the content of a
 * large file instead of its pointer. With the user's rights, these are all filters; in a sandbox, those whose commands
 * hold no secret. In a pod there are none, because nothing brings the content of a pointer from there to the user; see
 * `pointerFilters`.
 */
function filterDrivers(found: readonly Setting[], place: AgentPlace): ReadonlySet<string> {
  if (place === "Apart") return new Set();
  const drivers = new Set(found.flatMap(({ key }) => driverOf(key) ?? []));
  if (place === "AsUser") return drivers;
  for (const setting of found) if (isUnknown(setting)) drivers.delete(driverOf(setting.key) ?? "");
  return drivers;
}

/** The user's Git LFS filters. A pod has only the pointers of their files. */
export function pointerFilters(found: readonly FoundSetting[], place: AgentPlace): readonly string[] {
  if (place !== "Apart") return [];
  const commands = found.filter((setting) => isPlain(setting) && KNOWN_FILTER.test(setting.value));
  return [...new Set(commands.flatMap(({ key }) => driverOf(key) ?? []))];
}

/** git prints section and name in lower case. */
const driverOf = (key: string): string | undefined => /^filter\.(.*)\.(clean|smudge|process|required)$/s.exec(key)?.[1];

/** A setting that overrides those of the user and of the repository in an agent's git. */
type Override = Setting & { readonly where: "Everywhere" | "SharedRepository"; readonly why: string };

const override = (key: string, value: string, where: Override["where"], why: string): Override => ({
  key,
  value,
  where,
  why,
});

const KEYLESS = "the agent can reach no key of the user's, and its commands would fail";
const KEPT =
  "the repository is the user's: its unreachable objects, reflogs and absent worktrees are not the agent's to drop";

/** In a repository of the session's own, git may clean up. */
export const OVERRIDES: readonly Override[] = [
  override("commit.gpgSign", "false", "Everywhere", KEYLESS),
  override("tag.gpgSign", "false", "Everywhere", KEYLESS),
  override("tag.forceSignAnnotated", "false", "Everywhere", KEYLESS),
  override("push.gpgSign", "false", "Everywhere", KEYLESS),
  override("gc.auto", "0", "SharedRepository", KEPT),
  override("gc.autoPackLimit", "0", "SharedRepository", KEPT),
  override("gc.autoDetach", "false", "SharedRepository", KEPT),
  override("gc.packRefs", "false", "SharedRepository", KEPT),
  override("gc.pruneExpire", "never", "SharedRepository", KEPT),
  override("gc.reflogExpire", "never", "SharedRepository", KEPT),
  override("gc.reflogExpireUnreachable", "never", "SharedRepository", KEPT),
  override("gc.rerereResolved", "never", "SharedRepository", KEPT),
  override("gc.rerereUnresolved", "never", "SharedRepository", KEPT),
  override("gc.worktreePruneExpire", "never", "SharedRepository", KEPT),
  override("maintenance.auto", "false", "SharedRepository", KEPT),
  override("rebase.updateRefs", "false", "SharedRepository", "a rebase would move branches of the user's"),
  override(
    "rerere.enabled",
    "false",
    "SharedRepository",
    "git would repeat the agent's resolutions in the user's merges",
  ),
];

export function overridesFor(place: AgentPlace): readonly Setting[] {
  return OVERRIDES.filter(({ where }) => where === "Everywhere" || place !== "Apart").map(({ key, value }) => ({
    key,
    value,
  }));
}
