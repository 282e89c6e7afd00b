import { existsSync } from "node:fs";
import { Fault } from "@clauderon/base";
import { captureWork, Git } from "@clauderon/git";
import type { SessionRecord } from "../backend.ts";
import type { Captured, SessionWork } from "../sessionWork.ts";

const incomingRef = (name: string) => `refs/clauderon/incoming/${name}`;
const workRef = (name: string) => `refs/clauderon/sessions/${name}/work`;
const rescuedRef = (name: string) => `refs/clauderon/rescued/${name}`;

/** The work of sessions on this machine, whose worktrees share the user's repository. */
export class CheckoutWork implements SessionWork {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #worktree: (session: SessionRecord) => string;

  constructor(environment: NodeJS.ProcessEnv, worktree: (session: SessionRecord) => string) {
    this.#environment = environment;
    this.#worktree = worktree;
  }

  async capture({ name, spec }: SessionRecord, signal: AbortSignal): Promise<Captured> {
    return captureWork(new Git(spec.repository, this.#environment, signal), { ref: incomingRef(name) });
  }

  async send(): Promise<void> {}

  async pull(): Promise<never> {
    throw new Fault("FEATURE_DISABLED", "Pull is not there yet");
  }

  async push(): Promise<never> {
    throw new Fault("FEATURE_DISABLED", "Push is not there yet");
  }

  async rescue(session: SessionRecord, signal: AbortSignal): Promise<string | undefined> {
    const { name, commit, spec } = session;
    const worktree = this.#worktree(session);
    if (!existsSync(worktree) || !existsSync(spec.repository)) return undefined;
    const git = new Git(worktree, this.#environment, signal);
    const now = await captureWork(git, { ref: workRef(name) });
    const [before, after] = await Promise.all([
      git.read(["rev-parse", `${commit}^{tree}`]),
      git.read(["rev-parse", `${now.commit}^{tree}`]),
    ]);
    if (before === after && now.head === spec.baseCommit) return undefined;
    await git.read(["update-ref", rescuedRef(name), now.commit]);
    return rescuedRef(name);
  }

  async forget({ name, spec }: SessionRecord): Promise<void> {
    if (!existsSync(spec.repository)) return;
    const git = new Git(spec.repository, this.#environment);
    for (const ref of [incomingRef(name), workRef(name)]) await git.read(["update-ref", "-d", ref]);
  }
}
