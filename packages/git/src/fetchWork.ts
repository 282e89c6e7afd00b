import { cleanText, Fault } from "@clauderon/base";
import { WORK_REF } from "@clauderon/protocol";
import { onDisk } from "./diskFault.ts";
import type { Git } from "./git.ts";
import { floodFault } from "./model/floodFault.ts";
import { innerNotices, parseWork } from "./model/work.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { type BranchOutcome, moveBranch } from "./moveBranch.ts";
import { Quarantine } from "./quarantine.ts";
import { refuseUnsound } from "./refuseUnsound.ts";
import { keepWhenSetBack } from "./setBack.ts";
import { type SessionRemote, transfer, urlOf } from "./sessionRemote.ts";

export interface FetchedWork {
  /** The session's state, as captured work. */
  readonly work: string;
  /** The tip of the session's branch; undefined if the agent has deleted it. */
  readonly head: string | undefined;
  /** False if the repository had everything already. */
  readonly changed: boolean;
  /** What happened to the user's branch of that name. */
  readonly branch: BranchOutcome;
  /** Where earlier fetched work is kept for good, if the session was set back. */
  readonly rescuedRef: string | undefined;
  /** How many bytes are new in the repository. */
  readonly bytes: number;
  /** What the session reports about repositories inside its checkout. Each is a sentence for people. */
  readonly inner: readonly string[];
}

/** A limit for the names of all files. More names are not an agent's work, but a tree made to fill the disk. */
const MAX_NAMES_BYTES = 67_108_864;

/** A limit for the new objects of one fetch. No agent writes so many. */
const MAX_OBJECTS = 1_000_000;
/** The longest name of an object, and the newline. */
const OBJECT_LINE_BYTES = 65;

/** The names of files may come from an agent, so they have a limit. */
const MAX_NOTICE = 1_024;

/** The messages of our own commits are short. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** git would check the objects by the rules of the repository. Here it only keeps them in a pack, for `refuseUnsound`. */
const FETCH = [
  "-c",
  "fetch.fsckObjects=false",
  "-c",
  "fetch.unpackLimit=1",
  "fetch",
  "--progress",
  "--refmap=",
  "--no-tags",
  "--no-prune",
  "--no-auto-gc",
  "--no-recurse-submodules",
  "--no-show-forced-updates",
];

/**
 * Fetches a session's work into the user's repository: the state with uncommitted changes to `sessions/<name>/work`, and
 * the session's branch to the user's branch of that name, unless the user has changed that (see `moveBranch`).
 *
 * The session is not trusted. Only the two refs are requested, whatever it offers. Objects are checked in quarantine and
 * enter the repository only if all new ones are sound. The state must be a commit that `captureWork` could have made.
 * Work fetched earlier stays in the reflogs of the refs, and on a ref of its own if the session was set back. If
 * anything fails, the repository is unchanged. Only one call at a time for each session.
 */
export function fetchWork(git: Git, remote: SessionRemote): Promise<FetchedWork> {
  return onDisk(git.folder, () => fetchChecked(git, remote));
}

async function fetchChecked(git: Git, remote: SessionRemote): Promise<FetchedWork> {
  const refs = sessionRefs(remote.session);
  const quarantine = await Quarantine.open(git, remote.session);
  try {
    const { work, head } = await fetchInto(git, remote, quarantine);
    const { environment } = quarantine;
    await refuseUnsound(git, remote, quarantine, remote.maxObjects ?? MAX_OBJECTS);
    const inner = await refuseForgery(git, remote.session, work, environment);
    await refuseFlood(git, remote, [work, ...(head === undefined ? [] : [head])], environment);
    const [lastWork, last] = await Promise.all([git.resolve(refs.work), git.resolve(refs.fetched)]);
    const bytes = await quarantine.keep();
    const rescuedRef =
      lastWork === undefined
        ? undefined
        : await keepWhenSetBack(git, remote.session, { before: { work: lastWork, head: last }, now: { work, head } });
    const branch = await moveBranch(git, remote.session, { head, last });
    // If the agent deleted its branch, the ref with what was fetched of it stays, because no other ref may have it.
    const updates = [`update ${refs.work} ${work}`, ...(head === undefined ? [] : [`update ${refs.fetched} ${head}`])];
    const message = ["-m", "clauderon: fetched"];
    await git.read(["update-ref", "--create-reflog", ...message, "--stdin"], { stdin: `${updates.join("\n")}\n` });
    const changed = lastWork !== work || (head !== undefined && last !== head);
    return { work, head, changed, branch, rescuedRef, bytes, inner };
  } finally {
    await quarantine.drop();
  }
}

/** Fetches the state, and the branch if it exists. Returns their commits. */
async function fetchInto(git: Git, remote: SessionRemote, quarantine: Quarantine) {
  const { branch } = sessionRefs(remote.session);
  const fetch = async (...wanted: readonly string[]) =>
    await transfer(git, remote, [...FETCH, urlOf(remote), ...wanted], quarantine.environment);
  try {
    await fetch(WORK_REF, branch);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !thrown.message.includes(`couldn't find remote ref ${branch}`)) throw thrown;
    await fetch(WORK_REF);
  }
  const lines = await quarantine.fetched();
  const commitOf = (what: string) => /^[0-9a-f]+/.exec(lines.find((line) => line.includes(`\t${what} of `)) ?? "")?.[0];
  const work = commitOf(`'${WORK_REF}'`);
  if (work === undefined) throw new Fault("REPOSITORY_UNAVAILABLE", `Session "${remote.session}" sent no work`);
  return { work, head: commitOf(`branch '${branch.slice("refs/heads/".length)}'`) };
}

/** Throws unless the commit's message and its parents agree. Returns what the message says about repositories inside. */
async function refuseForgery(
  git: Git,
  session: string,
  commit: string,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const shown = await git.ask(["show", "--no-patch", "--format=%P%n%B", `${commit}^{commit}`], {
    environment,
    maxOutputBytes: MAX_MESSAGE_BYTES,
  });
  const [line = "", ...message] = (shown ?? "").split("\n");
  const parents = line.split(" ");
  const work = parseWork(message.join("\n"));
  const isHonest = work !== undefined && work.index === parents.at(-1) && (work.head ?? parents[0]) === parents[0];
  if (isHonest) return innerNotices(message.join("\n")).map((notice) => cleanText(notice, MAX_NOTICE));
  throw new Fault("REPOSITORY_UNAVAILABLE", `Session "${session}" sent an invalid work commit`, {
    hint: "Nothing was kept. Look at the session with clauderon attach",
  });
}

/** Throws if small objects stand for an endless number of files. */
async function refuseFlood(
  git: Git,
  { session, maxBytes, maxObjects = MAX_OBJECTS }: SessionRemote,
  tips: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const objects = ["rev-list", "--objects", "--no-object-names", ...tips, "--not", "--all"];
  const listed = await git.run(objects, { environment, maxOutputBytes: maxObjects * OBJECT_LINE_BYTES });
  let isFlood = listed.code !== 0;
  const sizes = isFlood
    ? ""
    : await git.read(["cat-file", "--batch-check=%(objectsize)"], { environment, stdin: listed.stdout });
  const isHuge = sizes.split("\n").some((size) => Number(size) > maxBytes);
  for (const tip of tips) {
    // Of the commands that walk trees, only this one prints names as it goes; a diff collects them first.
    const names = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", tip];
    const { code } = await git.run(names, { environment, maxOutputBytes: MAX_NAMES_BYTES });
    isFlood ||= code !== 0;
  }
  if (!isHuge && !isFlood) return;
  throw isHuge ? floodFault(session, `a file of more than ${maxBytes} bytes`) : floodFault(session);
}
