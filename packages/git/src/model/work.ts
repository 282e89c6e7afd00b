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
  /** Work that the commit does not hold and no other place has, each a sentence for people. */
  readonly unkept?: readonly string[];
}

/** The message of the commit that holds the work. */
export function formatWork({ head, branch, index }: Work, { others = [], unkept = [] }: Besides = {}): string {
  const facts = Object.entries({ head, branch, index }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const kept = others.map(({ commit, ref }) => `other: ${commit} ${ref}`);
  return [TITLE, "", ...facts, ...kept, ...unkept.map((text) => `${UNKEPT}${text}`), ""].join("\n");
}

/** What such a message says of repositories inside the checkout, each a sentence for people. */
export function innerNotices(message: string): readonly string[] {
  const others = message.split("\n").flatMap((line) => /^other: [0-9a-f]+ (.*)$/.exec(line)?.[1] ?? []);
  const inner = others.filter((name) => !name.startsWith("refs/"));
  return [...inner.map(innerNotice), ...unkeptOf(message)];
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
