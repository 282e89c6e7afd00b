import type { FinishedRun, FinishedWork } from "./finishedRun.ts";

/** What a finished run left behind, for a person: commits, changes, and how to go on with them. */
export function describeRun(run: FinishedRun): string {
  const works = run.works.flatMap(describeWork);
  return [...works, `Files of the run: ${run.folder}`].join("\n");
}

function describeWork({ name, worktree, work, kept }: FinishedWork): readonly string[] {
  if (work.commits.length === 0 && work.uncommitted.length === 0) return [`${name}: nothing changed`];
  const commits = `${work.commits.length} commit${work.commits.length === 1 ? "" : "s"}`;
  const lines = [`${name}: ${commits} on branch ${worktree.branch}`, ...work.commits.map((commit) => `  ${commit}`)];
  if (work.diffStat !== "") lines.push(...work.diffStat.split("\n"));
  if (kept.worktree) {
    lines.push(`  and ${work.uncommitted.length} uncommitted change(s) in ${worktree.path}`);
  } else {
    lines.push(`  look: git -C ${worktree.repository} diff ${worktree.base.slice(0, 9)}..${worktree.branch}`);
    lines.push(`  take: git -C ${worktree.repository} merge ${worktree.branch}`);
  }
  return lines;
}
