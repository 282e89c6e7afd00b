/** One `git config` entry. */
export type GitConfigEntry = readonly [key: string, value: string];

/**
 * Settings that make git, ours and the agent's, read the token of one repository from its file, only for the URL of that
 * repository. They contain the file's name and never its content: the token is in no argument, URL or configuration. The
 * empty entry comes first and removes helpers inherited from the machine, which might store the token.
 */
export function credentialConfig(url: string, tokenFile: string): readonly GitConfigEntry[] {
  const path = `'${tokenFile.replaceAll("'", `'\\''`)}'`;
  const answer = `printf 'username=x-access-token\\npassword=%s\\n' "$(cat ${path})"`;
  const helper = `!f() { test "$1" = get && test -r ${path} && ${answer}; }; f`;
  return [url, url.replace(/\.git$/, "")].flatMap((each): GitConfigEntry[] => [
    [`credential.${each}.useHttpPath`, "true"],
    [`credential.${each}.helper`, ""],
    [`credential.${each}.helper`, helper],
  ]);
}

/** The keys of {@link credentialConfig}, without repetitions. */
export function credentialKeys(url: string): readonly string[] {
  return [...new Set(credentialConfig(url, "").map(([key]) => key))];
}
