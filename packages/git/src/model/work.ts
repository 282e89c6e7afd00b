/** A checkout's state beside its work tree. Commits by their full name. */
export interface Work {
  /** Undefined for a repository without a commit. */
  readonly head: string | undefined;
  /** The branch HEAD is on, without `refs/heads/`; undefined when it is detached. */
  readonly branch: string | undefined;
  /** A commit whose tree is the index. */
  readonly index: string;
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const TITLE = "clauderon work 1";

/** What else a commit keeps that holds the work. */
export interface OtherTip {
  readonly commit: string;
  readonly ref: string;
}

/** What else the message says. */
interface Besides {
  readonly others?: readonly OtherTip[];
  /** The content of submodules, as they are in the user's checkout; `ref` is the path. */
  readonly modules?: readonly OtherTip[];
  /** Work that the commit does not hold and no other place has, each a sentence for people. */
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

/** What such a message says of repositories inside the checkout, each a sentence for people. */
export function innerNotices(message: string): readonly string[] {
  const inner = tipsOf(message, "other")
    .map(({ ref }) => ref)
    .filter((name) => !name.startsWith("refs/"));
  return [...inner.map(innerNotice), ...unkeptOf(message)];
}

/** The submodules that the message of such a commit says the user's checkout has in the same state. */
export const sentModules = (message: string): readonly OtherTip[] => tipsOf(message, "module");

/** Content for submodules that such a message may name: what the user sent, and what an agent has made of it. */
export const moduleContents = (message: string): readonly OtherTip[] =>
  [...sentModules(message), ...tipsOf(message, "other")].filter(({ ref }) => !/^(refs|stash@)/.test(ref));

function tipsOf(message: string, word: "module" | "other"): readonly OtherTip[] {
  return message.split("\n").flatMap((line) => {
    const [, name, commit = "", ref = ""] = /^(module|other): ([0-9a-f]+) (.*)$/.exec(line) ?? [];
    return name === word && COMMIT.test(commit) ? [{ commit, ref }] : [];
  });
}

export const innerNotice = (path: string): string =>
  `"${path}" is a separate repository. Its work is saved, and not copied as files`;

const UNKEPT = "unkept: ";

/** What such a message says is not held by its commit. */
export function unkeptOf(message: string): readonly string[] {
  const lines = message.split("\n").filter((line) => line.startsWith(UNKEPT));
  return lines.map((line) => line.slice(UNKEPT.length));
}

/** Reads the message of such a commit; undefined when it is none. What it names is checked for form, not for existence. */
export function parseWork(message: string): Work | undefined {
  const [title, , ...lines] = message.trimEnd().split("\n");
  if (title !== TITLE) return undefined;
  const facts = new Map(lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]));
  const [head, branch, index] = [facts.get("head"), facts.get("branch"), facts.get("index")];
  if (index === undefined || !COMMIT.test(index) || (head !== undefined && !COMMIT.test(head))) return undefined;
  return { head, branch, index };
}
