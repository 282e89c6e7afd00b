import type { Git } from "./git.ts";
import { LENIENT } from "./model/leniency.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { NO_REMOTES } from "./model/variables.ts";
import { transferFault } from "./model/transferFault.ts";
import type { Quarantine } from "./quarantine.ts";
import { floodFault } from "./model/floodFault.ts";
import type { SessionRemote } from "./sessionRemote.ts";

/** An object's name, a space, its type and the newline. */
const LINE_BYTES = 73;
/** A session may send objects again that the user has, for example of a file that is as it was before. */
const RESENT = 2;
const FORMAT = "%(objectname) %(objecttype)";
/** Files that git acts on. `git fsck` checks them under each of these names. */
const MEANT = /(^|\/)\.git(modules|attributes)$/;

/**
 * Checks the packs in a quarantine like `git fsck --strict`, except for errors that git hosts accept too (`LENIENT`).
 * Only new objects are checked: commits, trees and tags that the user's repository has are the user's, whatever old
 * program wrote them. A file that the repository has is checked again if it becomes `.gitmodules`, unless it is that in
 * the user's commits. The user's configuration does not affect the check. A Fault names the error.
 */
export async function refuseUnsound(git: Git, remote: SessionRemote, quarantine: Quarantine, maxObjects: number) {
  const packs = await quarantine.packs();
  if (packs.length === 0) return;
  const maxOutputBytes = maxObjects * RESENT * LINE_BYTES;
  const listed = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"];
  const sent = await git.run(listed, { environment: quarantine.alone, maxOutputBytes });
  if (sent.code !== 0) throw floodFault(remote.session);
  const asked = { stdin: sent.stdout, environment: NO_REMOTES };
  const known = (await git.bytes(["cat-file", `--batch-check=${FORMAT}`], asked)).toString("latin1").split("\n");
  const own = known.flatMap((line) => /^([0-9a-f]+) (?:commit|tree|tag)$/.exec(line)?.[1] ?? []);
  await quarantine.writeSkipList([...own, ...(await meantFiles(git, remote.session))]);
  const strict = `--strict=skiplist=${quarantine.skipList},${LENIENT.map((fault) => `${fault}=ignore`).join(",")}`;
  for (const pack of packs) {
    const check = ["index-pack", strict, "-o", quarantine.scratchIndex, pack];
    const { code, stderr } = await git.in(quarantine.folder).run(check, { environment: quarantine.outside });
    if (code !== 0) throw transferFault(remote.session, stderr);
  }
}

/** The files that are `.gitmodules` or `.gitattributes` in the user's commits. */
async function meantFiles(git: Git, session: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const revision of [sessionRefs(session).incoming, "HEAD"]) {
    const commit = await git.resolve(`${revision}^{commit}`);
    if (commit === undefined) continue;
    for (const entry of await git.names(["ls-tree", "-r", "-z", "--full-tree", commit])) {
      const [about = "", name = ""] = entry.split("\t");
      if (MEANT.test(name)) files.push(about.split(" ")[2] ?? "");
    }
  }
  return files;
}
