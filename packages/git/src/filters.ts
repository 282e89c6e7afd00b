import type { Git } from "./git.ts";

/**
 * Variables by which git runs no filter program that a repository's own configuration names: each is as the user's own has
 * it, or off. By variables, since a name may hold any character.
 */
export async function foreignFilters(git: Git): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await git.run(["config", "--show-scope", "--name-only", "-z", "--get-regexp", "^filter\\."]);
  const drivers = new Set<string>();
  for (const [, scope = "", key = ""] of stdout.toString().matchAll(/([^\0]*)\0([^\0]*)\0/g)) {
    const driver = /^(filter\..*)\.[^.]*$/s.exec(key)?.[1];
    if (REPOSITORYS.has(scope) && driver !== undefined) drivers.add(driver);
  }
  const keys = [...drivers].flatMap((driver) =>
    ["clean", "smudge", "process", "required"].map((key) => `${driver}.${key}`),
  );
  const variables: Record<string, string> = {};
  for (const [index, key] of keys.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = (await usersOwn(git, key)) ?? (key.endsWith(".required") ? "false" : "");
  }
  return keys.length === 0 ? {} : { ...variables, GIT_CONFIG_COUNT: String(keys.length) };
}

/** Scopes of configuration that lie in the repository, or are included from there. */
const REPOSITORYS = new Set(["local", "worktree"]);

async function usersOwn(git: Git, key: string): Promise<string | undefined> {
  return (await git.ask(["config", "--global", "--get", key])) ?? (await git.ask(["config", "--system", "--get", key]));
}
