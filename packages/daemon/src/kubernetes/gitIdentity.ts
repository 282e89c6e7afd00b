import { existsSync } from "node:fs";
import { Git } from "@clauderon/git";

const NOBODY = { name: "clauderon agent", email: "agent@clauderon.invalid" };

/**
 * Variables by which git in a pod commits as the user would in that checkout, as agents on this machine do; a name of ours
 * where the user has none, or the checkout is another machine's.
 */
export async function gitIdentity(
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const { name, email } = existsSync(repository) ? await configured(Git.ofUser(repository, env)) : NOBODY;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

async function configured(git: Git): Promise<typeof NOBODY> {
  const [name, email] = await Promise.all([git.ask(["config", "user.name"]), git.ask(["config", "user.email"])]);
  return name && email ? { name, email } : NOBODY;
}
