import { Git } from "@clauderon/git/git";
import { Fault } from "@clauderon/base/fault";
import type { Pulled } from "@clauderon/protocol";
import { cleanText } from "@clauderon/base/clean-text";
import { counted } from "@clauderon/base/plural";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { mergeTarget } from "./mergeTarget.ts";
import { pullWithProgress, type WorkRequest } from "./transfer.ts";

export interface MergeRequest extends WorkRequest {
  /** Includes work that the agent has not committed, as a separate commit. */
  readonly uncommitted: boolean;
}

/**
 * Merges a session's work into the branch of a checkout of the user's (see `mergeTarget`) with git itself, which
 * refuses to overwrite uncommitted changes.
 */
export async function mergeCommand(request: MergeRequest, context: CommandContext): Promise<void> {
  const { name, json, uncommitted } = request;
  const client = await connectDaemon(context.config);
  const { spec } = await client.get(name);
  const pulled = await pullWithProgress(request, { client, context });
  const folder = await mergeTarget(spec, context);
  if (folder !== spec.repository) context.note(`Merging into the branch of ${folder}`);
  const git = Git.asTyped(folder, context.config.environment);
  await refuseUnfinished(git, folder);
  const before = await git.ask(["rev-parse", "--verify", "HEAD"]);
  const takesAll = uncommitted && pulled.uncommitted > 0;
  if (!takesAll && pulled.uncommitted > 0) {
    context.note(
      `Left ${counted(pulled.uncommitted, "uncommitted file")} in session "${name}". Run \`clauderon merge --uncommitted ${name}\` to take them too`,
    );
  }
  const commit = takesAll ? await commitOfAll(git, name, pulled) : pulled.head;
  const quiet = json ? ["--quiet"] : [];
  // git would say of a message that it ignores it.
  const message = (await isForward(git, commit)) ? [] : ["--message", `Merge the work of session ${name}`];
  const code = await git.show(["merge", ...quiet, "--no-edit", ...message, commit], harmless);
  if (code !== 0) throw refusal(name, folder, await conflictsIn(git));
  const after = await git.ask(["rev-parse", "--verify", "HEAD"]);
  if (json) context.print(JSON.stringify({ before, after, merged: commit, changed: before !== after }, null, 2));
}

/** Whether the merge only moves the branch forward. With `merge.ff = false`, git makes a commit even then. */
async function isForward(git: Git, commit: string): Promise<boolean> {
  const { code } = await git.run(["merge-base", "--is-ancestor", "HEAD", commit]);
  return code === 0 && (await git.ask(["config", "--type=bool", "--get", "merge.ff"])) !== "false";
}

/** Conflicts from earlier are not caused by the session's work. */
async function refuseUnfinished(git: Git, folder: string): Promise<void> {
  const [first] = await conflictsIn(git);
  if (first === undefined) return;
  throw new Fault(
    "REPOSITORY_UNAVAILABLE",
    `${folder} has a conflict in "${cleanText(first, 256)}" that is not resolved yet`,
    {
      hint: "Finish or abort what git is doing there, as `git status` says, then try again",
    },
  );
}

/** Plumbing, which no configuration of the user's changes. */
async function conflictsIn(git: Git): Promise<readonly string[]> {
  const entries = ((await git.ask(["ls-files", "--unmerged", "-z"])) ?? "").split("\0").filter(Boolean);
  return [...new Set(entries.map((entry) => entry.slice(entry.indexOf("\t") + 1)))];
}

/** git prints file names that the session has chosen, so characters that a terminal acts on are removed. */
const harmless = (text: string) => cleanText(text, Number.POSITIVE_INFINITY);

/** The session's whole state, without ignored files, as one commit by the user on top of the session's last commit. */
async function commitOfAll(git: Git, name: string, { commit: work, tree }: Pulled): Promise<string> {
  const message = `Uncommitted work of session ${name}`;
  const commit = await git.ask(["commit-tree", "-p", `${work}^1`, "-m", message, tree]);
  if (commit !== undefined) return commit;
  throw new Fault("REPOSITORY_UNAVAILABLE", `Cannot commit the uncommitted work of session "${name}"`, {
    hint: "Set your git identity: run `git config --global user.email YOU@EXAMPLE.COM` and `git config --global user.name NAME`",
  });
}

function refusal(name: string, folder: string, conflicts: readonly string[]): Fault {
  const [first] = conflicts;
  if (first === undefined) {
    return new Fault(
      "REPOSITORY_UNAVAILABLE",
      `git could not merge the work of session "${name}". ${folder} is unchanged`,
      {
        hint: "See git's message above. Commit or stash your changes, then try again",
      },
    );
  }
  const more = conflicts.length === 1 ? "" : ` and ${conflicts.length - 1} more`;
  return new Fault(
    "REPOSITORY_UNAVAILABLE",
    `Merging the work of session "${name}" caused conflicts in "${cleanText(first, 256)}"${more}`,
    {
      hint: `In ${folder}, resolve the conflicts, then run \`git add\` and \`git commit\`. Or run \`git merge --abort\` to undo the merge`,
    },
  );
}
