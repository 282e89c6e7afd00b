/** A damaged repository, as people read about it. */
export interface Damage {
  readonly message: string;
  readonly hint: string;
}

interface Row {
  readonly said: RegExp;
  /** Of the folder, and what the pattern found. */
  readonly message: (folder: string, found: string) => string;
  readonly hint: string;
}

const ROWS: readonly Row[] = [
  {
    said: /^(?:error: )?unable to normalize alternate object path: (.*)$/m,
    message: (_, found) => `The repository borrows objects from ${found}, which does not exist`,
    hint: "Nothing was changed, and no work is lost. Put that folder back, for example by mounting its disk, and try again",
  },
  {
    said: /^fatal: (?:.*: )?(index file (?:corrupt|smaller than expected|open failed).*)$/m,
    message: (folder, found) => `The index of ${folder} is damaged: ${found}`,
    hint: 'No file is lost. Make it again from the last commit, in that folder: rm "$(git rev-parse --git-path index)"; git reset',
  },
  {
    said: /^fatal: (not a git repository.*)$/m,
    message: (folder, found) => `HEAD or another part of the git folder of ${folder} is damaged: ${found}`,
    hint: 'No file is lost. HEAD is a file with "ref: refs/heads/BRANCH", where BRANCH is the branch of the session: write it again',
  },
  {
    said: /^fatal: (?:.*: )?(bad object .*|.*possible repository corruption.*)$/m,
    message: (folder, found) => `A branch or an object of ${folder} is damaged: ${found}`,
    hint: "No file is lost. git fsck in that folder shows what is damaged, and the last line of its file in logs/refs/heads in the git folder shows the commit of a branch",
  },
  {
    said: /^fatal: ((?:unknown repository extension|Expected git repo version)[^]*)$/m,
    message: (folder, found) =>
      `The git here is too old for the repository in ${folder}: ${found.replaceAll(/\s+/g, " ").trim()}`,
    hint: "Nothing was changed, and no work is lost. Update git, or convert the repository with the git that wrote it, for example: git refs migrate --ref-format=files",
  },
];

/**
 * What damage a failed git reports on stderr; undefined if it failed for another reason. `isThere`: whether the folder
 * has a git folder, so that it is damaged if git finds none.
 */
export function damageOf(stderr: string, folder: string, isThere = true): Damage | undefined {
  for (const { said, message, hint } of ROWS) {
    const [whole = "", found = ""] = said.exec(stderr) ?? [];
    if (whole === "" || (!isThere && whole.includes("not a git"))) continue;
    return { message: message(folder, found), hint };
  }
  return undefined;
}
