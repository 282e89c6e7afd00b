/** A checkout's state besides its files. Commits are full names. */
export interface Work {
  /** Undefined for a repository without a commit. */
  readonly head: string | undefined;
  /** The branch that HEAD is on, without `refs/heads/`; undefined if HEAD is detached. */
  readonly branch: string | undefined;
  /** A commit whose tree is the index. */
  readonly index: string;
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const TITLE = "clauderon work 1";

/** Another commit that the work commit keeps, and where it was found. */
export interface OtherTip {
  readonly commit: string;
  readonly ref: string;
}

/** What else the message contains. */
interface Besides {
  readonly others?: readonly OtherTip[];
  /** The content of submodules, as in the user's checkout; `ref` is the path. */
  readonly modules?: readonly OtherTip[];
  /** Work that neither the commit nor any other place holds. Each is a sentence for people. */
  readonly unkept?: readonly string[];
}

/** The message of the commit that holds the work. */
export function formatWork(
  { head, branch, index }: Work,
  { others = [], modules = [], unkept = [] }: Besides = {},
): string {
  const facts = Object.entries({ head, branch, index }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const kept = others.map(({ commit, ref }) => `other: ${commit} ${ref}`);
  const sent = modules.map(({ commit, ref }) => `module: ${commit} ${ref}`);
  return [TITLE, "", ...facts, ...kept, ...sent, ...unkept.map((text) => `${UNKEPT}${text}`), ""].join("\n");
}

/** The names that git has for tips. All others are paths of repositories. */
const OF_GIT = /^(refs\/|(stash|HEAD)@\{|(MERGE|CHERRY_PICK|REVERT)_HEAD$|MERGE_AUTOSTASH$|rebase-(merge|apply)\/)/;

/** What the message says about repositories inside the checkout. Each is a sentence for people. */
export function innerNotices(message: string): readonly string[] {
  const inner = tipsOf(message, "other")
    .map(({ ref }) => ref)
    .filter((name) => !OF_GIT.test(name));
  return [...inner.map(innerNotice), ...unkeptOf(message)];
}

/** The submodules that, according to the message, are in the same state in the user's checkout. */
export const sentModules = (message: string): readonly OtherTip[] => tipsOf(message, "module");

/** The contents of submodules that the message names: what the user sent, and what an agent made of it. */
export const moduleContents = (message: string): readonly OtherTip[] =>
  [...sentModules(message), ...tipsOf(message, "other")].filter(({ ref }) => !OF_GIT.test(ref));

/** What else such a message says that the commit keeps: refs, other names that git has, and paths of repositories. */
export const otherNames = (message: string): readonly string[] => tipsOf(message, "other").map(({ ref }) => ref);

function tipsOf(message: string, word: "module" | "other"): readonly OtherTip[] {
  return message.split("\n").flatMap((line) => {
    const [, name, commit = "", ref = ""] = /^(module|other): ([0-9a-f]+) (.*)$/.exec(line) ?? [];
    return name === word && COMMIT.test(commit) ? [{ commit, ref }] : [];
  });
}

export const innerNotice = (path: string): string =>
  `"${path}" is a separate repository. Its work is saved, and not copied as files`;

const UNKEPT = "unkept: ";

/** The work that, according to the message, its commit does not hold. */
export function unkeptOf(message: string): readonly string[] {
  const lines = message.split("\n").filter((line) => line.startsWith(UNKEPT));
  return lines.map((line) => line.slice(UNKEPT.length));
}

/**
 * Reads the message of a work commit; undefined if it is another kind of message. Checks the form of the names in it,
 * not whether they exist.
 */
export function parseWork(message: string): Work | undefined {
  const [title, , ...lines] = message.trimEnd().split("\n");
  if (title !== TITLE) return undefined;
  const facts = new Map(lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]));
  const [head, branch, index] = [facts.get("head"), facts.get("branch"), facts.get("index")];
  if (index === undefined || !COMMIT.test(index) || (head !== undefined && !COMMIT.test(head))) return undefined;
  return { head, branch, index };
}
