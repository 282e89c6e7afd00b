/** One `git config` entry. */
export type GitConfigEntry = readonly [key: string, value: string];

/**
 * Settings by which git, ours and the agent's alike, takes the token of one repository from its file, and for the URL of
 * that repository only. The file is named, never its content: the token is in no argument, no URL and no configuration.
 * The empty entry before drops helpers inherited from the machine, which might keep what they are shown.
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

/** The keys of {@link credentialConfig}, each once. */
export function credentialKeys(url: string): readonly string[] {
  return [...new Set(credentialConfig(url, "").map(([key]) => key))];
}
