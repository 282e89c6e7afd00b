import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { TransferProgress } from "./model/transferProgress.ts";
import { stalledFault, transferFault } from "./model/transferFault.ts";

/** A session as a git remote. */
export interface SessionRemote {
  readonly session: string;
  /** CLAUDERON_HOME of the session's daemon. */
  readonly home: string;
  /** PATH, to find git's own programs. */
  readonly path: string;
  /** The most bytes of one transfer. */
  readonly maxBytes: number;
  /** The most new objects of one transfer (default: a million). */
  readonly maxObjects?: number;
  /** How long a transfer may make no progress (default: ten minutes). */
  readonly idleMs?: number;
  readonly progress?: (step: string, percent?: number) => void;
}

/** A session captures its work before it sends, and git prints nothing meanwhile. */
const IDLE_MS = 600_000;

/**
 * The folder of git's remote helper. It is looked up only when needed: the runner's image does not have the package, and
 * makes no transfers.
 */
const helperFolder = () => dirname(fileURLToPath(import.meta.resolve("@clauderon/git-remote/helper")));

/**
 * Only our protocol, and only the repository's own configuration, which says what the repository is. A helper needs
 * nothing else.
 */
const OUR_PROTOCOL = {
  GIT_ALLOW_PROTOCOL: "clauderon",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/**
 * Runs a git command with `--progress` that talks to the session under `urlOf`. If it fails, throws a Fault with the
 * helper's code and hint; if it makes no progress, REPOSITORY_UNAVAILABLE. No `url.*.insteadOf` of the repository can
 * change the URL: git uses the longest rule that matches, which is ours.
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
      ...OUR_PROTOCOL,
      // A repository that is named directly does not need the user's safe.directory.
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

/** The session's URL for git. */
export const urlOf = ({ session }: SessionRemote): string => `clauderon::${session}`;
