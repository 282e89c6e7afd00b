import { Git, isCheckout, readAgentGit } from "@clauderon/git";
import type { AgentGit } from "@clauderon/protocol";

const NOBODY = { name: "clauderon agent", email: "agent@clauderon.invalid" };

/** The part of this user's git that git in a pod gets; nothing for a checkout on another machine. */
export class PodGit {
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /**
   * Variables that make git commit as the user would in that checkout, as for agents on this machine. Uses a name of
   * ours if the user has none.
   */
  async identity(repository: string): Promise<Readonly<Record<string, string>>> {
    const { name, email } = isCheckout(repository) ? await configured(this.#in(repository)) : NOBODY;
    return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  }

  async settings(repository: string): Promise<AgentGit | undefined> {
    if (!isCheckout(repository)) return undefined;
    return await readAgentGit(this.#in(repository), { place: "Apart", environment: this.#environment });
  }

  /** The URL of the repository's remote. */
  async remote(repository: string): Promise<string | undefined> {
    return isCheckout(repository)
      ? await this.#in(repository).ask(["config", "--get", "remote.origin.url"])
      : undefined;
  }

  #in(repository: string): Git {
    return Git.ofUser(repository, this.#environment);
  }
}

async function configured(git: Git): Promise<typeof NOBODY> {
  const [name, email] = await Promise.all([git.ask(["config", "user.name"]), git.ask(["config", "user.email"])]);
  return name && email ? { name, email } : NOBODY;
}
