import type { GitAt } from "./gitAt.ts";

/** Author lines that `git fsck --strict` refuses, by its words for them. The first two are accepted by every git host. */
const AUTHORS = {
  badTimezone: "Ada <ada@example.invalid> 1215174740 +051800",
  missingSpaceBeforeDate: "Ada <ada@example.invalid>1215174740 +0000",
  missingNameBeforeEmail: "<ada@example.invalid> 1215174740 +0000",
  zeroPaddedDate: "Ada <ada@example.invalid> 01215174740 +0000",
  badDateOverflow: "Ada <ada@example.invalid> 99999999999999999999 +0000",
} as const;

/** An entry of a tree as git has it, one character for each byte. */
export const treeEntry = (mode: string, name: string, object: string): string =>
  `${mode} ${name}\0${Buffer.from(object, "hex").toString("latin1")}`;

/**
 * Puts commits and trees under HEAD that old programs wrote and git reads, though `git fsck --strict` refuses them. The files
 * stay the same. Returns the words of `git fsck`, each with the object that it is about.
 */
export function addOldObjects(git: GitAt): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const write = (type: string, content: string) =>
    git.feed(content, "hash-object", "-t", type, "--literally", "-w", "--stdin");
  const tip = () => git.run("rev-parse", "HEAD");
  const commit = (word: string, author: string, tree: string, message = `${word}\n`) => {
    const content = `tree ${tree}\nparent ${tip()}\nauthor ${author}\ncommitter ${author}\n\n${message}`;
    found[word] = write("commit", content);
    git.run("update-ref", "HEAD", found[word]);
  };
  const tree = git.run("rev-parse", "HEAD^{tree}");
  for (const [word, author] of Object.entries(AUTHORS)) commit(word, author, tree);
  commit("nulInCommit", "Ada <ada@example.invalid> 1215174740 +0000", tree, "A byte of zero \0 in it\n");
  const blob = write("blob", "in a folder of an old mode\n");
  const inner = write("tree", treeEntry("100644", "old.txt", blob));
  const padded = write("tree", treeEntry("040000", "folder", inner));
  found["zeroPaddedFilemode"] = padded;
  const whole = git.feed(`${git.run("ls-tree", "-z", tree)}040000 tree ${padded}\told\0`, "mktree", "-z");
  const good = "Ada <ada@example.invalid> 1700000000 +0100";
  for (const [message, at] of [
    ["An old mode", whole],
    ["As before", tree],
  ] as const) {
    const content = `tree ${at}\nparent ${tip()}\nauthor ${good}\ncommitter ${good}\n\n${message}\n`;
    git.run("update-ref", "HEAD", write("commit", content));
  }
  return found;
}
