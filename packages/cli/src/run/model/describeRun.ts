import { counted } from "@clauderon/base";
import type { FinishedRepository, FinishedRun } from "./finishedRun.ts";

const MAX_LINES = 10;

/** The results of a finished run for people: commits, changes, and the commands for the next step. */
export function describeRun(run: FinishedRun): string {
  return [
    ...run.repositories.flatMap(describeRepository),
    ...(run.rescued ?? []).map(({ repository, ref }) => `Saved from the agent's home: ${ref} in ${repository}`),
    ...(run.persistFolder === undefined ? [] : [`Kept for the next run: ${run.persistFolder}`]),
    `Files of this run: ${run.folder}`,
  ].join("\n");
}

function describeRepository(repository: FinishedRepository): readonly string[] {
  const { name, commits, uncommitted, path, problem } = repository;
  if (problem !== undefined)
    return [`${name}: could not be read and is unchanged in ${path ?? "its folder"}: ${problem}`];
  if (commits.length === 0 && uncommitted.length === 0) return [`${name}: ${nothingNew(repository)}`];
  const diffStat = repository.diffStat.split("\n").filter((line) => line !== "");
  return [
    `${name}: ${[...describeCommits(repository), ...describeChanges(repository)].join(", ")}`,
    ...firstOf(commits.map((commit) => `  ${commit}`)),
    ...(diffStat.length <= MAX_LINES ? diffStat : diffStat.slice(-1)),
    ...firstOf(uncommitted.map((change) => `  ${change}`)),
    ...whatNext(repository).map((line) => `  ${line}`),
  ];
}

/** A clone without new commits may still be worth a look: the agent may have pushed its work. */
function nothingNew({ checkout, path }: FinishedRepository): string {
  return checkout === undefined && path !== undefined ? `no unpushed work, in ${path}` : "no changes";
}

function describeCommits({ checkout, branch, commits }: FinishedRepository): readonly string[] {
  if (commits.length === 0) return [];
  const place = branch === undefined ? "on no branch" : `on branch ${branch}`;
  return [`${counted(commits.length, "commit")} ${place}${checkout === undefined ? ", not pushed" : ""}`];
}

function describeChanges({ uncommitted }: FinishedRepository): readonly string[] {
  return uncommitted.length === 0 ? [] : [counted(uncommitted.length, "uncommitted change")];
}

function whatNext({ checkout, base, branch, path }: FinishedRepository): readonly string[] {
  if (path !== undefined) {
    const remove =
      checkout === undefined ? [] : [`drop: git -C ${quoted(checkout)} worktree remove --force ${quoted(path)}`];
    return [`look: cd ${quoted(path)}`, ...remove];
  }
  if (checkout === undefined || base === undefined || branch === undefined) return [];
  const git = `git -C ${quoted(checkout)}`;
  return [`look: ${git} diff ${base.slice(0, 9)}..${branch}`, `take: ${git} merge ${branch}`];
}

function firstOf(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  return more <= 0 ? lines : [...lines.slice(0, MAX_LINES), `  … and ${more} more`];
}

/** A word in a form that a shell reads back unchanged. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
