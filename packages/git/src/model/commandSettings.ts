import { foundSettings, type Setting } from "./foundSettings.ts";

/** Whose configuration is trusted: nobody's, only the user's, or also that of the repository if it is the user's own. */
export type ConfigurationOwner = "Nobody" | "User" | "UserAndRepository";

interface Found extends Setting {
  readonly isTrusted: boolean;
}

/** The pattern for `git config --show-scope -z --get-regexp`: commands that git runs on files or to reach a host. */
export const COMMANDS = String.raw`^(filter\.|credential\.(.*\.)?helper$|core\.sshcommand$|remote\..*\.uploadpack$)`;

/**
 * Settings that replace the commands in git's configuration, for a tree that an agent may have shaped. `printed` is the
 * output of `git config --show-scope -z --get-regexp COMMANDS`. Trusted commands run in the root folder, so that they do
 * not take a program, a module or a file from the tree. Filters that are not trusted are off. A filter that the user
 * requires stays required: a file that it fails on is then not captured, rather than captured in another form. The
 * commands that reach a host are replaced only if git may reach one, which requires a repository of the user's.
 */
export function commandSettings(printed: string, owner: ConfigurationOwner): readonly Setting[] {
  const found = parse(printed, owner);
  return owner === "UserAndRepository"
    ? [...filters(found), ...helpers(found), ...sshCommand(found), ...uploadPacks(found)]
    : filters(found);
}

/** git's output, with commands as the user wrote them. */
export const withoutPlace = (said: string): string =>
  [HELD, PLACE, ROOT].reduce((text, part) => text.replaceAll(part, ""), said);

const ROOT = "cd / || exit 1\n";

/**
 * The command, to be run in the root folder. The shell starts in the tree and leaves it before it reads the user's
 * command.
 */
const inRoot = (command: string): string => ROOT + command;

/**
 * With these variables, a filter such as git-lfs finds its repository from any folder. git starts it in the tree's top
 * folder.
 */
const PLACE =
  "case ${GIT_DIR=.git} in /*) ;; *) GIT_DIR=$PWD/$GIT_DIR;; esac; GIT_WORK_TREE=$PWD; export GIT_DIR GIT_WORK_TREE\n";

/**
 * Keeps the input of a long-running filter open after its command has ended. git stops when it cannot read the answer of an
 * optional filter, but keeps the file unfiltered when it cannot write the request: without this, it depends on which of the
 * two processes is faster.
 */
const HELD = "trap 'exec >&-; cat >/dev/null' EXIT\n";

function filters(found: readonly Found[]): readonly Setting[] {
  const drivers = new Map<string, Map<string, string>>();
  for (const { key, value, isTrusted } of found) {
    const [, driver, name] = /^(filter\..*)\.([^.]*)$/s.exec(key) ?? [];
    if (driver === undefined || name === undefined) continue;
    const values = drivers.get(driver) ?? new Map<string, string>();
    drivers.set(driver, values);
    // Sets no name that nobody uses: if there is a process, even an empty one, git runs neither clean nor smudge.
    if (isTrusted || !values.has(name)) values.set(name, isTrusted ? value : "");
  }
  return [...drivers].flatMap(([driver, values]) =>
    [...new Set([...values.keys(), "required"])].map((name) => {
      const value = values.get(name) ?? "";
      const key = `${driver}.${name}`;
      if (name === "required") return { key, value: value || "false" };
      const held = name === "process" ? HELD : "";
      return { key, value: value && held + PLACE + inRoot(value) };
    }),
  );
}

/** An empty helper first, which removes all earlier ones from the list. */
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

/** The command may run on the host, where the working directory matters. Only a plain name or absolute path is kept. */
function uploadPacks(found: readonly Found[]): readonly Setting[] {
  return found
    .filter(({ key, value }) => key.startsWith("remote.") && !/^(\/\S*|[^\s/]+)$/.test(value))
    .map(({ key }) => ({ key, value: "git-upload-pack" }));
}

/** Scopes of configuration that are in the repository, or included from there. */
const REPOSITORYS: readonly string[] = ["local", "worktree"];
const USERS: readonly string[] = ["system", "global"];
const TRUSTED: Readonly<Record<ConfigurationOwner, readonly string[]>> = {
  Nobody: [],
  User: USERS,
  UserAndRepository: [...USERS, ...REPOSITORYS],
};

function parse(printed: string, owner: ConfigurationOwner): readonly Found[] {
  const trusted = TRUSTED[owner];
  return foundSettings(printed).map(({ scope, key, value }) => ({ key, value, isTrusted: trusted.includes(scope) }));
}
