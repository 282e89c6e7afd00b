import { foundSettings, type Setting } from "./foundSettings.ts";

/** Whose configuration counts: the user's alone, or also that of the repository, when that is the user's own. */
export type ConfigurationOwner = "User" | "UserAndRepository";

interface Found extends Setting {
  readonly isTrusted: boolean;
}

/** What `git config --show-scope -z --get-regexp` is asked for: commands that git runs on files, or to reach a host. */
export const COMMANDS = String.raw`^(filter\.|credential\.(.*\.)?helper$|core\.sshcommand$|remote\..*\.uploadpack$)`;

/**
 * Settings that replace commands of git's configuration for a tree that an agent may have shaped. `printed` is what
 * `git config --show-scope -z --get-regexp COMMANDS` prints. Commands that count run in the root folder, so that nothing in the
 * tree is taken for a program, a module or a file of the user's. Filters that do not count are off. A filter stays required
 * when the user says so: what it fails on is then not captured, instead of captured in another form. How to reach a host is
 * replaced only where git may reach one, which takes a repository of the user's.
 */
export function commandSettings(printed: string, owner: ConfigurationOwner): readonly Setting[] {
  const found = parse(printed, owner);
  return owner === "User"
    ? filters(found)
    : [...filters(found), ...helpers(found), ...sshCommand(found), ...uploadPacks(found)];
}

/** What git says, with commands as the user wrote them. */
export const withoutPlace = (said: string): string => said.replaceAll(PLACE + ROOT, "").replaceAll(ROOT, "");

const ROOT = "cd / || exit 1\n";

/** The command in the root folder. A shell begins in the tree, and leaves it before it reads the user's command. */
const inRoot = (command: string): string => ROOT + command;

/** By these a filter such as git-lfs finds its repository from anywhere. git starts it in the tree's top folder. */
const PLACE =
  "case ${GIT_DIR=.git} in /*) ;; *) GIT_DIR=$PWD/$GIT_DIR;; esac; GIT_WORK_TREE=$PWD; export GIT_DIR GIT_WORK_TREE\n";

function filters(found: readonly Found[]): readonly Setting[] {
  const drivers = new Map<string, Map<string, string>>();
  for (const { key, value, isTrusted } of found) {
    const [, driver, name] = /^(filter\..*)\.([^.]*)$/s.exec(key) ?? [];
    if (driver === undefined || name === undefined) continue;
    const values = drivers.get(driver) ?? new Map<string, string>();
    drivers.set(driver, values);
    // A name that nobody uses stays away: git runs no clean or smudge where there is a process, even an empty one.
    if (isTrusted || !values.has(name)) values.set(name, isTrusted ? value : "");
  }
  return [...drivers].flatMap(([driver, values]) =>
    [...new Set([...values.keys(), "required"])].map((name) => {
      const value = values.get(name) ?? "";
      const key = `${driver}.${name}`;
      if (name === "required") return { key, value: value || "false" };
      return { key, value: value && PLACE + inRoot(value) };
    }),
  );
}

/** The list is begun again: an empty helper removes those before it. */
function helpers(found: readonly Found[]): readonly Setting[] {
  const all = found.filter(({ key }) => key.startsWith("credential."));
  const settings = all.map(({ key, value }) => ({
    key,
    value: value.startsWith("!") ? `!${inRoot(value.slice(1))}` : value,
  }));
  return all.length === 0 ? [] : [{ key: "credential.helper", value: "" }, ...settings];
}

function sshCommand(found: readonly Found[]): readonly Setting[] {
  const last = found.findLast(({ key }) => key === "core.sshcommand");
  return last === undefined ? [] : [{ key: "core.sshCommand", value: inRoot(last.value) }];
}

/** This may run on the host, where the working directory matters: only what leads nowhere else stays. */
function uploadPacks(found: readonly Found[]): readonly Setting[] {
  return found
    .filter(({ key, value }) => key.startsWith("remote.") && !/^(\/\S*|[^\s/]+)$/.test(value))
    .map(({ key }) => ({ key, value: "git-upload-pack" }));
}

/** Scopes of configuration that lie in the repository, or are included from there. */
const REPOSITORYS: readonly string[] = ["local", "worktree"];
const USERS: readonly string[] = ["system", "global"];

function parse(printed: string, owner: ConfigurationOwner): readonly Found[] {
  const trusted = owner === "User" ? USERS : [...USERS, ...REPOSITORYS];
  return foundSettings(printed).map(({ scope, key, value }) => ({ key, value, isTrusted: trusted.includes(scope) }));
}
