import { SERVICES } from "./services.ts";

const VARIABLES: readonly string[] = SERVICES.github.variables;

/**
 * Settings by which the agent's git sends GitHub the credential of that variable, which is a placeholder. The empty helper
 * comes first: the machine's own would ask the user, or store it.
 */
export function gitCredential(
  credentials: Iterable<string>,
): readonly { readonly key: string; readonly value: string }[] {
  const variable = [...credentials].find((name) => VARIABLES.includes(name));
  if (variable === undefined) return [];
  const answer = `printf 'username=x-access-token\\npassword=%s\\n' "$${variable}"`;
  const key = "credential.https://github.com.helper";
  return ["", `!f() { test "$1" = get && ${answer}; }; f`].map((value) => ({ key, value }));
}
