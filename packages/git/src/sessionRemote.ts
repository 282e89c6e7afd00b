import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { TransferProgress } from "./model/transferProgress.ts";
import { stalledFault, transferFault } from "./model/transferFault.ts";

/** A session as a remote of git's. */
export interface SessionRemote {
  readonly session: string;
  /** CLAUDERON_HOME of the daemon that has it. */
  readonly home: string;
  /** PATH, to find git's own programs. */
  readonly path: string;
  /** How many bytes may come in one transfer. */
  readonly maxBytes: number;
  /** How many new objects may come in one transfer; a million when left out. */
  readonly maxObjects?: number;
  /** How long a transfer may make no progress; ten minutes when left out. */
  readonly idleMs?: number;
  readonly progress?: (step: string, percent?: number) => void;
}

/** A session captures its work before it sends, and git says nothing meanwhile. */
const IDLE_MS = 600_000;

/** The folder of git's remote helper. Found when it is needed: the runner's image has no such package, and makes no transfers. */
const helperFolder = () => dirname(fileURLToPath(import.meta.resolve("@clauderon/git-remote/helper")));

/** No protocol but ours, and no configuration but the repository's: it has what the repository is, and a helper needs no more. */
const ALONE = {
  GIT_ALLOW_PROTOCOL: "clauderon",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/**
 * Runs a git command with `--progress` that talks to the session as `urlOf` names it. A Fault with the helper's code and hint
 * when it fails; REPOSITORY_UNAVAILABLE when it makes no progress. The URL stays what it is, whatever the repository's `url.*.insteadOf` makes
 * of others: git takes the rule that fits the longest.
 */
export async function transfer(
  git: Git,
  remote: SessionRemote,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const progress = new TransferProgress((step, percent) => remote.progress?.(step, percent));
  const rule = `url.${urlOf(remote)}`;
  const asItIs = [".insteadOf", ".pushInsteadOf"].flatMap((key) => ["-c", `${rule}${key}=${urlOf(remote)}`]);
  const gitFolder = environment["GIT_DIR"] ?? (await git.read(["rev-parse", "--absolute-git-dir"]));
  const { idleMs = IDLE_MS } = remote;
  const call = git.run([...asItIs, ...args], {
    idleMs,
    environment: {
      ...environment,
      ...ALONE,
      // Named, the repository needs no leave of the user's configuration.
      GIT_DIR: gitFolder,
      PATH: `${helperFolder()}:${dirname(process.execPath)}:${remote.path}`,
      CLAUDERON_NODE: process.execPath,
      CLAUDERON_HOME: remote.home,
      CLAUDERON_GIT_MAX_BYTES: String(remote.maxBytes),
    },
    onStderr: (text) => progress.push(text),
  });
  const { code, stderr } = await call.catch((thrown: unknown) => {
    throw thrown instanceof Fault && thrown.code === "TIMEOUT" ? stalledFault(remote.session, idleMs, thrown) : thrown;
  });
  if (code !== 0) throw transferFault(remote.session, stderr);
}

/** How git names the session. */
export const urlOf = ({ session }: SessionRemote): string => `clauderon::${session}`;
